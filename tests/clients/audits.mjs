// The official audits of GraphQL over HTTP.
import assert from "node:assert/strict";
import { auditServer } from "graphql-http";
import { url } from "./house.mjs";

const results = await auditServer({ url });
const failed = results.filter((result) => result.status !== "ok");
for (const { id, name, status, reason } of failed) console.error(id, status, name, reason);
assert.equal(failed.length, 0);
console.log(`passed ${results.length} audits`);
assert.equal(results.length, 61);
