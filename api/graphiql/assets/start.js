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
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, shouldPersistHeaders: true }),
);
