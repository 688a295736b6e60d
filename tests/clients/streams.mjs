// graphql-ws and graphql-sse by themselves.
import assert from "node:assert/strict";
import { createClient as createEvents } from "graphql-sse";
import { headers, number, socketOf, text, url, watchPayment } from "./house.mjs";

const socket = socketOf();
// Distinct connections: one request per operation.
const events = createEvents({ url, headers, retryAttempts: 0, singleConnection: false });

for (const [name, client] of Object.entries({ "graphql-ws": socket, "graphql-sse": events })) {
  const query = { query: text("HomeScreen") };
  const { value } = await client.iterate(query).next();
  assert.equal(value.data.viewer.accounts.edges.length, 1);

  const input = { query: "{ nothing }" };
  await assert.rejects(async () => {
    const { value: told } = await client.iterate(input).next();
    if (told?.errors) throw told.errors;
  });

  const watch = watchPayment();
  const subscription = { query: text("AccountChanged"), variables: { number } };
  const leave = client.subscribe(subscription, { ...watch, complete: () => {} });
  await watch.changed;
  leave();
  console.log(`passed ${name}`);
}

const stranger = socketOf("Bearer forged");
await assert.rejects(stranger.iterate({ query: text("HomeScreen") }).next(), { code: 4403 });
console.log("passed forged token");
await socket.dispose();
process.exit(0);
