// An independent OAuth 2 provider for `provider.rs`: oidc-provider, with PKCE required.
// Arguments: the folder that it is installed in. Prints its address once it listens.

import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const entry = join(process.argv[2], "node_modules/oidc-provider/lib/index.js");
const { default: Provider } = await import(pathToFileURL(entry));

const client = (client_id, token_endpoint_auth_method) => ({
  client_id,
  token_endpoint_auth_method,
  client_secret: token_endpoint_auth_method === "none" ? undefined : "marked-client-secret",
  application_type: "native",
  // A native app on loopback may use any port (RFC 8252, 7.3).
  redirect_uris: ["http://127.0.0.1/callback"],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
});

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      client("public", "none"),
      client("basic", "client_secret_basic"),
      client("form", "client_secret_post"),
      client("declined", "none"),
    ],
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  });
  const routed = provider.callback();
  server.on("request", async (request, response) => {
    if (!request.url.startsWith("/interaction/")) {
      routed(request, response);
      return;
    }
    // The user: agrees at once, or not.
    const { params } = await provider.interactionDetails(request, response);
    if (params.client_id === "declined") {
      await provider.interactionFinished(request, response, { error: "access_denied" });
      return;
    }
    const grant = new provider.Grant({ accountId: "me", clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const consent = { grantId: await grant.save() };
    await provider.interactionFinished(request, response, { login: { accountId: "me" }, consent });
  });
  console.log(issuer);
});

// Ends with the test that started it.
process.stdin.on("end", () => process.exit(0)).resume();
