// Apollo Client 4.
import assert from "node:assert/strict";
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { documents, headers, noting, number, order, sent, sha256, socketOf, url, watchPayment } from "./house.mjs";

const http = () => new HttpLink({ uri: url, headers, fetch: noting });
const made = (link) =>
  new ApolloClient({
    link,
    cache: new InMemoryCache({
      typePolicies: { Account: { fields: { payments: relayStylePagination() } } },
    }),
  });

const client = made(http());
const seen = client.watchQuery({ query: documents.Payments, variables: { number } });
const first = await new Promise((resolve, reject) =>
  seen.subscribe({ next: (r) => (r.data?.account && !r.loading ? resolve(r) : null), error: reject }),
);
assert.equal(first.data.account.payments.edges.length, 2);
let page = first.data.account.payments.pageInfo;
let pages = 1;
while (page.hasNextPage) {
  const more = await seen.fetchMore({ variables: { number, after: page.endCursor } });
  page = more.data.account.payments.pageInfo;
  pages += 1;
}
const { payments: whole } = client.readQuery({ query: documents.Payments, variables: { number } }).account;
assert.equal(pages, 3);
assert.equal(whole.edges.length, whole.totalCount);
assert.equal(new Set(whole.edges.map((edge) => edge.node.id)).size, 5);
console.log("passed pagination");

const input = order();
const mutate = () => client.mutate({ mutation: documents.StartPayment, variables: { input } });
const { data } = await mutate();
assert.deepEqual(data.startPayment.userErrors, []);
const again = await mutate();
assert.equal(again.data.startPayment.order.number, data.startPayment.order.number);
assert.equal(again.data.startPayment.replayed, true);
console.log("passed mutation");

for (const useGETForHashedQueries of [false, true]) {
  sent.length = 0;
  const query = useGETForHashedQueries ? documents.AccountDetails : documents.HomeScreen;
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries });
  const run = async () => made(persisted.concat(http())).query({ query, variables: { number } });
  await run();
  await run();
  const method = useGETForHashedQueries ? "GET" : "POST";
  assert.deepEqual(sent.map((each) => each.method), [method, "POST", method]);
  const texts = sent.map((each) => /query (HomeScreen|AccountDetails)/.test(each.body ?? each.url));
  assert.deepEqual(texts, [false, true, false]);
  console.log(`passed APQ by ${method}`);
}

const socket = socketOf();
for (const [name, link] of [["websocket", new GraphQLWsLink(socket)], ["multipart", http()]]) {
  const watch = watchPayment();
  const watched = made(link)
    .subscribe({ query: documents.AccountChanged, variables: { number } })
    .subscribe(watch);
  await watch.changed;
  watched.unsubscribe();
  console.log(`passed ${name} subscription`);
}
await socket.dispose();
process.exit(0);
