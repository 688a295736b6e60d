"""The demo's district: accounts, people, a payment channel, and the meters that belong to them."""
