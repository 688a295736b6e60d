// Run from the project's folder: schema.graphql and the documents in examples/.
import graphql from "@graphql-eslint/eslint-plugin";

const { rules: recommended } = graphql.configs["flat/schema-recommended"];
const { rules: relay } = graphql.configs["flat/schema-relay"];
const { rules: operations } = graphql.configs["flat/operations-recommended"];
const graphQLConfig = { schema: "schema.graphql", documents: "examples/*.graphql" };
const language = { parser: graphql.parser, parserOptions: { graphQLConfig } };

// The exceptions, each with its reason. An unlisted finding fails the test.
const exceptions = {
  // Only what implements Node is a thing of its own. Parts of an account, of an answer or of a page
  // are fetched with it, and a made-up id would make caches mix them up.
  "@graphql-eslint/strict-id-in-types": "off",
  // Lists that are short by their nature (userErrors, guards, the lines of a bill) are no pages.
  "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
  // Keyset pages go forward only: nobody pages backwards on a phone.
  "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
};

export default [
  {
    files: ["schema.graphql"],
    plugins: { "@graphql-eslint": graphql },
    languageOptions: language,
    rules: { ...recommended, ...relay, ...exceptions },
  },
  {
    files: ["examples/*.graphql"],
    plugins: { "@graphql-eslint": graphql },
    languageOptions: language,
    // Pages count two levels here (edges, node) and none in the server's own limit of 12.
    rules: { ...operations, "@graphql-eslint/selection-set-depth": ["error", { maxDepth: 9 }] },
  },
];
