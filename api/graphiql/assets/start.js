// The token that is typed into the header editor also opens the websocket.
const authorization = () => {
  try {
    return JSON.parse(localStorage.getItem("graphiql:headers") || "{}").Authorization;
  } catch {
    return undefined;
  }
};
const socket = location.origin.replace(/^http/, "ws") + "/graphql";
const fetcher = GraphiQL.createFetcher({
  url: "/graphql",
  wsClient: graphqlWs.createClient({
    url: socket,
    connectionParams: () => ({ Authorization: authorization() }),
  }),
});
const defaultQuery = `# Sign in first: put the access token under "Headers", for example
#   { "Authorization": "Bearer eyJ..." }
# The demo prints ready tokens; an app gets them by requestSignInCode and signIn.
# 先在下方 Headers 中填入令牌；演示会打印现成的令牌。

{
  viewer {
    serverTime
    accounts(first: 5) {
      edges {
        node {
          number
          balance { available { amount currency } asOf }
        }
      }
    }
  }
}
`;
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery, shouldPersistHeaders: true }),
);
