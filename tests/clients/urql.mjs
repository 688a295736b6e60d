// urql 6.
import assert from "node:assert/strict";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { headers, noting, number, order, sent, socketOf, text, url, watchPayment } from "./house.mjs";

const made = (options = {}, exchanges = [fetchExchange]) =>
  new Client({ url, fetch: noting, fetchOptions: { headers }, exchanges, preferGetMethod: false, ...options });

for (const preferGetMethod of [false, "force"]) {
  sent.length = 0;
  const { data, error } = await made({ preferGetMethod }).query(text("AccountDetails"), { number });
  assert.equal(error, undefined);
  assert.equal(data.account.number, number);
  assert.equal(sent[0].method, preferGetMethod ? "GET" : "POST");
  console.log(`passed ${sent[0].method}`);
}

const ordered = await made().mutation(text("StartPayment"), { input: order() });
assert.deepEqual(ordered.data.startPayment.userErrors, []);
console.log("passed mutation");

for (const method of ["GET", "POST"]) {
  const preferGetForPersistedQueries = method === "GET" ? "force" : false;
  const persisting = persistedExchange({ preferGetForPersistedQueries });
  const ask = async (query) => {
    sent.length = 0;
    const { error } = await made({}, [persisting, fetchExchange]).query(query, {});
    assert.equal(error, undefined);
    const hasText = ({ body, url }) =>
      body ? "query" in JSON.parse(body) : new URL(url).searchParams.has("query");
    return sent.map((each) => `${each.method} ${hasText(each) ? "text" : "hash"}`);
  };
  const own = `query By${method} { viewer { name } }`;
  assert.deepEqual(await ask(own), [`${method} hash`, `${method} text`]);
  assert.deepEqual(await ask(own), [`${method} hash`]);
  console.log(`passed APQ by ${method}`);
}

const socket = socketOf();
const overSocket = subscriptionExchange({
  forwardSubscription: (request) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink) }),
  }),
});
const ways = {
  websocket: made({}, [fetchExchange, overSocket]),
  events: made({ fetchSubscriptions: true, fetchOptions: { headers: { ...headers, accept: "text/event-stream" } } }),
};
for (const [name, client] of Object.entries(ways)) {
  const watch = watchPayment();
  const watched = client.subscription(text("AccountChanged"), { number }).subscribe(watch.next);
  await watch.changed;
  watched.unsubscribe();
  console.log(`passed ${name} subscription`);
}
await socket.dispose();

const upload = await made().mutation("mutation ($file: String!) { reportRepair(input: $file) { open } }", {
  file: new File(["x"], "x.txt"),
});
assert.equal(sent.at(-1).status, 415);
assert.ok(upload.error);
assert.equal(upload.data, undefined);
console.log("passed upload refused");
process.exit(0);
