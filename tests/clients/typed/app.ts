// What an app writes against the generated types: the compiler knows the schema.
import type { ResultOf, VariablesOf } from "@graphql-typed-document-node/core";
import {
  AccountChangedDocument,
  HomeScreenDocument,
  StartPaymentDocument,
  type HomeAccountFragment,
} from "../generated/codegen/graphql.js";
import { useFragment } from "../generated/codegen/fragment-masking.js";
import { HomeAccountFragmentDoc } from "../generated/codegen/graphql.js";

type Home = ResultOf<typeof HomeScreenDocument>;

export const available = (home: Home): string[] =>
  home.viewer.accounts.edges.map((edge) => {
    const account: HomeAccountFragment = useFragment(HomeAccountFragmentDoc, edge.node);
    return `${account.number}: ${account.supply.state}, ${account.balance.daysLeft ?? "?"}`;
  });

export const order: VariablesOf<typeof StartPaymentDocument> = {
  input: { accountNumber: "1", amount: "10.00", channel: "bank", idempotencyKey: "x" },
};

// @ts-expect-error money is never a number
order.input.amount = 10;

export const changed = (event: ResultOf<typeof AccountChangedDocument>): string =>
  event.accountChanged.at;
