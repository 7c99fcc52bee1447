import { client } from "#http";
import type { HttpFailed, HttpRequest, HttpResponse, HttpSettings } from "./http.js";
import { settingsOf } from "./http.js";

/**
 * The package's own client as a function, to wrap it in another one or to build a relay for browsers. It checks the address of a request without
 * `service`. Where there is none, as in browsers, every request fails as `unsupported`. Errors: `ERR_ARGUMENT`.
 *
 * @example
 * const send = httpClient({ allowedHosts: ["ca.example.org"] });
 * const settings = { timestamp: { services: [{ url }] }, validation: { trust: [root] } };
 * await extend(pdf, { ...settings, http: (request) => (request.purpose === "crl" ? fromDisk(request.url) : send(request)) });
 */
export function httpClient(settings: HttpSettings = {}): (request: HttpRequest) => Promise<HttpResponse | HttpFailed> {
	const checked = settingsOf(settings);
	return async (request) => client?.(request, checked) ?? { failed: "unsupported" };
}
