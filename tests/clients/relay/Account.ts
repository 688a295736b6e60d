// An account as a Relay app has it: refetched by its id, paged, changed by a mutation, watched.
import { graphql } from "relay-runtime";

export const account = graphql`
  fragment Account_account on Account
  @refetchable(queryName: "AccountPaymentsQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    number
    balance { available { amount currency } }
    payments(first: $first, after: $after) @connection(key: "Account_payments") {
      edges { node { receipt amount { amount currency } paidAt } }
    }
  }
`;

export const screen = graphql`
  query AccountScreenQuery($number: String!) {
    account(number: $number) { ...Account_account }
  }
`;

export const order = graphql`
  mutation AccountOrderMutation($input: StartPaymentInput!) {
    startPayment(input: $input) {
      order { number }
      account { ...Account_account }
      userErrors { code message field }
    }
  }
`;

export const changes = graphql`
  subscription AccountChangesSubscription($number: String!) {
    accountChanged(number: $number) { account { ...Account_account supply { state } } }
  }
`;
