// What every client here needs to know of the house: where it is, who asks, and the documents of the apps.
import { readdirSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { parse, print, separateOperations } from "graphql";

const examples = new URL("../../examples/", import.meta.url);
export const { URL: url, TOKEN: token, NUMBER: number } = process.env;
const socketUrl = url?.replace(/^http/, "ws");
export const headers = { authorization: `Bearer ${token}` };
export const sha256 = (text) => createHash("sha256").update(text).digest("hex");

export const documents = Object.assign(
  {},
  ...readdirSync(examples)
    .filter((name) => name.endsWith(".graphql"))
    .map((name) => separateOperations(parse(readFileSync(new URL(name, examples), "utf8")))),
);
export const text = (name) => print(documents[name]);
export const order = () => ({
  accountNumber: number,
  amount: "12.30",
  channel: "bank-D1",
  idempotencyKey: crypto.randomUUID(),
});

export const socketOf = (Authorization = headers.authorization) =>
  createClient({
    url: socketUrl,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { Authorization },
  });

// Notes what is sent, so that a script can tell GET from POST and a hash from a text.
export const sent = [];
export const noting = async (target, options = {}) => {
  const request = { method: options.method ?? "GET", url: String(target), body: options.body };
  const answer = await fetch(target, options);
  sent.push({ ...request, status: answer.status });
  return answer;
};

// Who runs the script pays when told to.
export const pay = () => process.stdout.write("pay\n");

// A stream's events, until a payment has changed the balance that the first one told.
export const watchPayment = () => {
  let first, told, failed;
  const changed = new Promise((resolve, reject) => ((told = resolve), (failed = reject)));
  const next = ({ data, errors, error }) => {
    if (errors?.length || error) return failed(new Error(JSON.stringify(errors ?? error)));
    const amount = data.accountChanged.account.balance.available.amount;
    if (first === undefined) {
      first = amount;
      pay();
    } else if (amount !== first) told();
  };
  return { changed, next, error: failed };
};
