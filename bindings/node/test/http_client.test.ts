// The client by itself, against the real services with each fault of the transport, and against servers that misbehave in other ways.

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request as requestOf, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { reachOf } from "../src/addresses.js";
import { type ClientSettings, type HttpRequest, servicesOf, settingsOf } from "../src/http.js";
import { client } from "../src/platform/node/http.js";
import { proxyFor } from "../src/platform/node/proxy.js";
import { startServices } from "./support/services.js";

const services = startServices();
const PLAIN = "/static/crls/plain.crl";
const list = readFileSync(services.path("static/crls/plain.crl"));
const open = settingsOf({ allowPrivateNetworks: true });
const quick = settingsOf({ allowPrivateNetworks: true, timeouts: { connectMs: 300, requestMs: 700 } });

/** Sends a request as to an address out of a certificate, unless it names a service. */
async function send(url: string, more: Partial<HttpRequest> = {}, settings: ClientSettings = open) {
	const signal = AbortSignal.timeout(settings.timeouts.requestMs);
	const request = { purpose: "crl", url, method: "GET", headers: { accept: "*/*" }, body: Buffer.alloc(0), limit: 1e6, signal, ...more };
	const outcome = await client?.(request as HttpRequest, settings);
	return "failed" in (outcome as object) ? outcome : { ...outcome, body: Buffer.from((outcome as { body: Uint8Array }).body) };
}

/** A post as to a timestamp service. */
const post = (url: string, headers = {}) =>
	send(url, { purpose: "timestamp", service: 0, method: "POST", body: Buffer.from("query"), headers: { accept: "*/*", ...headers } });

const servers: (Server | TcpServer)[] = [];
afterEach(() => {
	for (const server of servers.splice(0)) {
		if ("closeAllConnections" in server) server.closeAllConnections();
		server.close();
	}
	vi.unstubAllEnvs();
});
async function listen<S extends Server | TcpServer>(server: S): Promise<number> {
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return (server.address() as AddressInfo).port;
}

describe("faults of the transport", () => {
	test.each(["", "/+chunked", "/+gzip", "/+close", "/+type=text%2Fhtml", "/+delay=0.2"])("%s changes no byte", async (fault) => {
		expect(await send(`${services.address}${fault}${PLAIN}`)).toEqual({ status: 200, body: list });
	});

	test.each([
		["cut=10", "other"],
		["reset", "connect"],
		["endless", "tooLarge"],
		["redirect-loop", "redirect"],
	])("%s fails as %s", async (fault, failed) => {
		expect(await send(`${services.address}/+${fault}${PLAIN}`)).toEqual({ failed });
	});

	test.each(["delay=5", "drip=1"])("%s fails when the time is over", async (fault) => {
		const began = performance.now();
		expect(await send(`${services.address}/+${fault}${PLAIN}`, {}, quick)).toEqual({ failed: "timeout" });
		expect(performance.now() - began).toBeLessThan(3000);
	});

	test("status and Retry-After are passed on", async () => {
		expect(await send(`${services.address}/+status=429,retry-after=7${PLAIN}`)).toMatchObject({ status: 429, retryAfter: 7 });
		expect(await send(`${services.address}/+status=503${PLAIN}`)).not.toHaveProperty("retryAfter");
		const later = new Date(Date.now() + 90_000).toUTCString();
		const port = await listen(createServer((_, response) => response.writeHead(503, { "retry-after": later }).end()));
		const { retryAfter } = (await send(`http://127.0.0.1:${port}/`)) as { retryAfter: number };
		expect(retryAfter).toBeGreaterThan(60);
		expect(retryAfter).toBeLessThanOrEqual(90);
	});

	test("no server, no name, no TLS", async () => {
		const port = await listen(createServer());
		servers.pop()?.close();
		expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ failed: "connect" });
		expect(await send("http://does-not-exist.invalid/")).toEqual({ failed: "dns" });
		expect(await send(`${services.address.replace("http:", "https:")}${PLAIN}`)).toEqual({ failed: "tls" });
	});

	test("a certificate of a server that nobody trusts", async () => {
		const [key, cert] = [services.key("rsa"), readFileSync(services.path("certs/rsa.cert.pem"))];
		const port = await listen(createTlsServer({ key, cert }, (_, response) => response.end()));
		expect(await send(`https://127.0.0.1:${port}/`)).toEqual({ failed: "tls" });
		expect(await post(`https://127.0.0.1:${port}/`)).toEqual({ failed: "tls" });
	});

	test("a server that accepts and says nothing", async () => {
		const port = await listen(createTcpServer());
		expect(await send(`https://127.0.0.1:${port}/`, {}, quick)).toEqual({ failed: "timeout" });
		expect(await send(`http://127.0.0.1:${port}/`, {}, quick)).toEqual({ failed: "timeout" });
	});

	test("a server that speaks something else", async () => {
		const port = await listen(createTcpServer((socket) => socket.end("220 mail.example.org ESMTP\r\n")));
		expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ failed: "other" });
	});

	test("a request that is stopped leaves no connection", async () => {
		let closed = 0;
		const server = createServer(() => {});
		server.on("connection", (socket) => socket.once("close", () => closed++));
		const port = await listen(server);
		const controller = new AbortController();
		const sent = send(`http://127.0.0.1:${port}/`, { signal: controller.signal });
		await vi.waitFor(() => expect(server).toHaveProperty("_connections", 1));
		controller.abort();
		expect(await sent).toEqual({ failed: "timeout" });
		await vi.waitFor(() => expect(closed).toBe(1));
	});
});

describe("bodies", () => {
	const answering = (body: Uint8Array, headers: Record<string, string>) =>
		listen(createServer((_, response) => response.writeHead(200, headers).end(body)));
	const gzip = { "content-encoding": "gzip" };

	test("are limited after decoding", async () => {
		const bomb = await answering(gzipSync(Buffer.alloc(20_000_000)), gzip);
		expect(await send(`http://127.0.0.1:${bomb}/`, { limit: 1_000_000 })).toEqual({ failed: "tooLarge" });
		expect(await send(`http://127.0.0.1:${bomb}/`, { limit: 20_000_000 })).toMatchObject({ status: 200 });
		expect(await send(`${services.address}${PLAIN}`, { limit: list.length })).toMatchObject({ status: 200 });
		expect(await send(`${services.address}${PLAIN}`, { limit: list.length - 1 })).toEqual({ failed: "tooLarge" });
		expect(await send(`${services.address}/+chunked${PLAIN}`, { limit: list.length - 1 })).toEqual({ failed: "tooLarge" });
	});

	test("in an encoding that is broken, unknown, or never says anything", async () => {
		const whole = gzipSync(list);
		expect(await send(`http://127.0.0.1:${await answering(whole.subarray(0, -9), gzip)}/`)).toEqual({ failed: "other" });
		expect(await send(`http://127.0.0.1:${await answering(list, gzip)}/`)).toEqual({ failed: "other" });
		expect(await send(`http://127.0.0.1:${await answering(list, { "content-encoding": "br" })}/`)).toEqual({ failed: "other" });
		const empty = Buffer.concat(Array<Uint8Array>(20_000).fill(gzipSync("")));
		expect(await send(`http://127.0.0.1:${await answering(empty, gzip)}/`, { limit: 1000 })).toEqual({ failed: "tooLarge" });
	});
});

describe("redirections", () => {
	const to = (target: string, path = PLAIN) => `${services.address}/+redirect=${encodeURIComponent(target)}${path}`;

	test("of a GET are followed, three at the most", async () => {
		expect(await send(to(`${services.address}${PLAIN}`))).toEqual({ status: 200, body: list });
		expect(await send(to(PLAIN))).toEqual({ status: 200, body: list });
		const counted = createServer((request, response) => {
			const left = Number(request.url?.slice(1));
			if (left === 0) response.end("there");
			else response.writeHead(302, { location: `/${left - 1}` }).end();
		});
		const port = await listen(counted);
		expect(await send(`http://127.0.0.1:${port}/3`)).toMatchObject({ status: 200 });
		expect(await send(`http://127.0.0.1:${port}/4`)).toEqual({ failed: "redirect" });
	});

	test("of a POST are not followed", async () => {
		expect(await post(to(services.tsa(), "/ltv/tsa/tsa"))).toEqual({ failed: "redirect" });
	});

	test("lead to no refused address, and to no other scheme", async () => {
		const only = settingsOf({ allowedHosts: ["127.0.0.1"] });
		const silent = vi.fn();
		const port = await listen(createServer(silent));
		expect(await send(`${services.address}${PLAIN}`, {}, only)).toMatchObject({ status: 200 });
		for (const target of [
			`http://localhost:${port}/`,
			`http://[::ffff:127.0.0.1]:${port}/`,
			"http://169.254.169.254/latest/",
			"http://u:p@127.0.0.1/",
		]) {
			expect(await send(to(target), {}, only)).toEqual({ failed: "blocked" });
		}
		for (const target of ["file:///etc/passwd", "ftp://127.0.0.1/", "//[", "ldap://127.0.0.1/"]) {
			expect(await send(to(target))).toEqual({ failed: "blocked" });
		}
		expect(silent).not.toHaveBeenCalled();
	});

	test("take no credentials along", async () => {
		const seen: IncomingMessage["headers"][] = [];
		const port = await listen(createServer(({ headers }, response) => response.end(String(seen.push(headers)))));
		const headers = { accept: "*/*", authorization: "Bearer secret", cookie: "a=b", "x-api-key": "secret" };
		expect(await send(to(`http://127.0.0.1:${port}/`), { service: 0, headers })).toMatchObject({ status: 200 });
		expect(JSON.stringify(seen)).not.toContain("secret");
		expect(seen[0]).not.toHaveProperty("cookie");
		expect(seen[0]).toHaveProperty("accept", "*/*");
	});
});

describe("timestamp services", () => {
	test("get the header fields of the caller", async () => {
		const url = services.tsa("tsa", "bearer=t");
		expect(await post(url)).toMatchObject({ status: 401 });
		expect(await post(url, { authorization: "Bearer t" })).not.toMatchObject({ status: 401 });
	});

	test("get user and password of their address as a header field", async () => {
		expect(servicesOf([{ url: "https://u:p%40@tsa.example.org/a#b" }])).toEqual([
			{ url: "https://tsa.example.org/a", headers: { authorization: `Basic ${btoa("u:p@")}` } },
		]);
		const [known] = servicesOf([{ url: services.tsa("tsa", "basic=u:p").replace("http://", "http://u:p@") }]);
		expect(await post(known?.url as string, known?.headers)).not.toMatchObject({ status: 401 });
	});

	test("may be anywhere", async () => {
		const port = await listen(createServer((request, response) => response.end(request.method)));
		const private_ = settingsOf({});
		expect(await send(`http://127.0.0.1:${port}/`, { service: 0 }, private_)).toMatchObject({ status: 200 });
		expect(await send(`http://localhost:${port}/`, { service: 0 }, private_)).toMatchObject({ status: 200 });
		expect(await send(`http://localhost:${port}/`, {}, private_)).toEqual({ failed: "blocked" });
	});

	test("that are wrong are refused without their address", () => {
		for (const service of [
			null,
			{},
			{ url: "ldap://user:secret@host/" },
			{ url: "secret" },
			{ url: "http://a/", headers: { "a b": "secret" } },
		]) {
			expect(() => servicesOf([service as never])).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
			expect(() => servicesOf([service as never])).not.toThrow(/secret/);
		}
		expect(() => servicesOf([{ url: "http://a/", headers: { a: "secret\r\nb: c" } }])).toThrow(/lines/);
		expect(() => servicesOf([{ url: "http://a/", auth: "x" } as never])).toThrow(expect.objectContaining({ code: "ERR_OPTION_UNKNOWN" }));
	});
});

describe("addresses out of certificates", () => {
	const closed = settingsOf({});
	const refused =
		`0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.255 169.254.0.1 169.254.169.254 172.16.0.1
		172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
		255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1
		100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 2002:a9fe:a9fe:: 3fff::1 3fff:fff::1
		4000::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 febf::1 fec0::1 ff02::1 ff0e::1`.split(/\s+/);
	const permitted =
		`1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255
		172.32.0.0 192.0.1.1 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 2000::1 2001:200::1 2001:4860:4860::8888 2606:4700::1111
		2a00:1450:4001::1 3ffe::1 3fff:1000::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1`.split(/\s+/);
	const urlOf = (address: string) => `http://${address.includes(":") ? `[${address}]` : address}/`;

	test.each(refused)("%s is refused", async (address) => {
		expect(reachOf(address)).not.toBe("public");
		expect(await send(urlOf(address), {}, closed)).toEqual({ failed: "blocked" });
	});

	test.each(permitted)("%s is permitted", (address) => {
		expect(reachOf(address)).toBe("public");
	});

	test.each(["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "2002:a9fe:a9fe::1", "64:ff9b::169.254.0.1", "::169.254.0.1"])(
		"%s is link-local, which only a name lifts",
		async (address) => {
			expect(reachOf(address)).toBe("linkLocal");
			expect(await send(urlOf(address), {}, open)).toEqual({ failed: "blocked" });
		},
	);

	test.each(["0x7f.1", "2130706433", "0177.0.0.1", "127.1", "127.0.0.1.", "%31%32%37.0.0.1", "[::ffff:7f00:1]", "LOCALHOST"])(
		"another spelling is seen through: %s",
		async (host) => {
			expect(await send(`http://${host}/`, {}, closed)).toEqual({ failed: "blocked" });
		},
	);

	test.each([
		"ftp://a/",
		"file:///etc/passwd",
		"ldap://a/",
		"http://user@1.1.1.1/",
		"http://:p@1.1.1.1/",
		"http://1.1.1.1:8080/",
		"https://1.1.1.1:22/",
		"",
		"x",
	])("%s is refused", async (url) => {
		expect(await send(url, {}, closed)).toEqual({ failed: "blocked" });
	});

	test("a text that is not an address has no reach", () => {
		for (const text of [
			"",
			"a",
			"1.2.3",
			"256.1.1.1",
			":::",
			"1::2::3",
			"1:2:3:4:5:6:7",
			"1:2:3:4:5:6:7:8:9",
			"12345::",
			"::1.2.3.4.5",
			"1:2:3:4:5:6:7:1.2.3.4",
		]) {
			expect(reachOf(text)).toBeUndefined();
		}
		expect(reachOf("fe80::1%eth0")).toBe("linkLocal");
	});

	test("a permitted host is asked whatever its address, in any spelling; others are not", async () => {
		const { port } = new URL(services.address);
		const named = settingsOf({ allowedHosts: ["LocalHost", "[::1]"] });
		expect(await send(`http://localhost:${port}${PLAIN}`, {}, named)).toMatchObject({ status: 200 });
		expect(await send(`http://127.0.0.1:${port}${PLAIN}`, {}, named)).toEqual({ failed: "blocked" });
		expect(await send(`http://[::1]:1/`, {}, named)).toEqual({ failed: "connect" });
	});
});

describe("proxies of the environment", () => {
	const asked: string[] = [];
	const proxy = () => {
		asked.length = 0;
		const server = createServer((request, response) => {
			asked.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
			const { pathname } = new URL(request.url as string);
			requestOf(`${services.address}${pathname}`, (answer) => answer.pipe(response)).end();
		});
		server.on("connect", (request, socket) => {
			asked.push(`CONNECT ${request.url}`);
			socket.write("HTTP/1.1 200 OK\r\n\r\n");
			const { hostname, port } = new URL(services.address);
			const server = connect(Number(port), hostname, () => socket.pipe(server).pipe(socket));
			server.on("error", () => socket.destroy());
			socket.on("error", () => server.destroy());
		});
		return listen(server);
	};

	test("forward requests, and are named by credentials of their own", async () => {
		vi.stubEnv("HTTP_PROXY", `http://u:p@127.0.0.1:${await proxy()}`);
		expect(await send(`http://ca.example.org${PLAIN}`)).toEqual({ status: 200, body: list });
		expect(asked).toEqual([`GET http://ca.example.org${PLAIN} Basic ${btoa("u:p")}`]);
	});

	test("make tunnels for https", async () => {
		vi.stubEnv("https_proxy", `127.0.0.1:${await proxy()}`);
		expect(await send("https://ca.example.org/")).toEqual({ failed: "tls" }); // the services speak no TLS
		expect(asked).toEqual(["CONNECT ca.example.org:443"]);
	});

	test("are asked for no literal address that is refused", async () => {
		vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${await proxy()}`);
		for (const url of ["http://10.0.0.1/", "http://[fe80::1]/"]) expect(await send(url, {}, settingsOf({}))).toEqual({ failed: "blocked" });
		expect(asked).toEqual([]);
	});

	test("that are of another kind, or refuse, are not passed by", async () => {
		vi.stubEnv("HTTP_PROXY", "socks5://127.0.0.1:1");
		expect(await send("http://ca.example.org/")).toEqual({ failed: "unsupported" });
		const refusing = createServer();
		refusing.on("connect", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
		vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${await listen(refusing)}`);
		expect(await send("https://ca.example.org/")).toEqual({ failed: "connect" });
	});

	test.each([
		["http://a.example.org/", "a.example.org", true],
		["http://b.a.example.org/", "a.example.org", true],
		["http://b.a.example.org/", ".example.org", true],
		["http://b.a.example.org/", "*.example.org", true],
		["http://aexample.org/", "example.org", false],
		["http://a.example.org/", "other.org, A.EXAMPLE.ORG", true],
		["http://a.example.org/", "a.example.org:80", true],
		["http://a.example.org:81/", "a.example.org:80", false],
		["http://8.8.8.8/", "8.8.0.0/16", true],
		["http://8.9.8.8/", "8.8.0.0/16", false],
		["http://8.8.8.8/", "8.8.0.0/99", false],
		["http://[2001:db8::1]/", "2001:db8::1", true],
		["http://[2001:db8::1]/", "[2001:db8::1]:80", true],
		["http://[2001:db8::1]/", "2001:db8::/32", true],
		["http://a.example.org/", "*", true],
		["http://a.example.org/", "", false],
	])("%s with NO_PROXY=%s goes directly: %s", (url, list, direct) => {
		expect(proxyFor(new URL(url), { HTTP_PROXY: "http://proxy:1", NO_PROXY: list }) === undefined).toBe(direct);
	});

	test("this machine is asked directly, and a CGI program believes no header field", () => {
		const environment = { HTTP_PROXY: "http://proxy:1", http_proxy: "" };
		for (const host of ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"]) {
			expect(proxyFor(new URL(`http://${host}/`), environment)).toBeUndefined();
		}
		expect(proxyFor(new URL("http://a/"), environment)).toMatchObject({ authorization: undefined });
		expect(proxyFor(new URL("http://a/"), { ...environment, REQUEST_METHOD: "GET" })).toBeUndefined();
		expect(proxyFor(new URL("https://a/"), environment)).toBeUndefined();
	});
});
