// Steps `http` as the core asks them, and what callers may answer in place of the client.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Control, type Progress } from "../src/control.js";
import type { AnswerFrame, HttpRequest as HttpRequestFrame } from "../src/frames.js";
import { type HttpOptions, type HttpRequest, httpCallOf, servicesOf } from "../src/http.js";
import { memoryCache } from "../src/http_cache.js";
import { HttpHost } from "../src/http_host.js";

const private_ = { allowPrivateNetworks: true };
let server: Server;
let address: string;
let asked: string[];
let [running, most] = [0, 0];

beforeEach(async () => {
	asked = [];
	[running, most] = [0, 0];
	server = createServer(async (request, response) => {
		asked.push(`${request.method} ${request.url}`);
		most = Math.max(most, ++running);
		const [, seconds = "0", status = "200"] = /^\/(\d*)\/?(\d*)/.exec(request.url as string) ?? [];
		await new Promise((resolve) => setTimeout(resolve, 1000 * Number(seconds)));
		running--;
		response.writeHead(Number(status) || 200).end(`to ${request.url}`);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
	server.closeAllConnections();
	server.close();
});

const frame = (id: number, more: Partial<HttpRequestFrame> = {}): HttpRequestFrame => ({
	id,
	purpose: "ocsp",
	method: "GET",
	url: `${address}/`,
	accept: "*/*",
	body: 0,
	limit: 1000,
	...more,
});

/** Answers a step: the responses, with their bodies as texts. */
async function answer(host: HttpHost, requests: HttpRequestFrame[], control = new Control(), payload = new Uint8Array(), signer = 0) {
	const message = await host.answer({ requests }, payload, control, signer);
	const { answer, now, responses } = message.header as AnswerFrame;
	expect(answer).toBe("http");
	expect(Math.abs((now as number) - Date.now() / 1000)).toBeLessThan(2);
	let at = 0;
	const all = Buffer.concat(message.payload);
	return responses?.map(({ body, ...response }) => {
		if (body == null) return response;
		at += body;
		return { ...response, body: all.toString("utf8", at - body, at) };
	});
}
const hostOf = (options: HttpOptions = { http: private_ }, services: Parameters<typeof servicesOf>[0] = []) =>
	new HttpHost(httpCallOf(options), [servicesOf(services)]);

describe("a step", () => {
	test("has one response for each request, in their order, with failures among them", async () => {
		const requests = [frame(7, { url: `${address}/0.2` }), frame(3, { url: "ldap://x/" }), frame(5, { limit: 2 }), frame(9)];
		expect(await answer(hostOf(), requests)).toEqual([
			{ id: 7, status: 200, body: "to /0.2" },
			{ id: 3, failed: "blocked" },
			{ id: 5, failed: "tooLarge" },
			{ id: 9, status: 200, body: "to /" },
		]);
	});

	test("is sent at once, eight requests at a time", async () => {
		const began = performance.now();
		const requests = Array.from({ length: 20 }, (_, id) => frame(id, { url: `${address}/0.3?${id}` }));
		server.removeAllListeners("request");
		server.on("request", (_, response) => {
			most = Math.max(most, ++running);
			setTimeout(() => {
				running--;
				response.end();
			}, 200);
		});
		expect(await answer(hostOf(), requests)).toHaveLength(20);
		expect(most).toBeGreaterThan(1);
		expect(most).toBeLessThanOrEqual(8);
		expect(performance.now() - began).toBeGreaterThanOrEqual(590);
	});

	test("sends each body, and each request once, whatever its status", async () => {
		const http = vi.fn(async ({ body }: HttpRequest) => ({ status: 503, body: `got ${Buffer.from(body)}`, retryAfter: 1.2 }));
		const posts = [3, 0, 2].map((body, id) => frame(id, { method: "POST", body, contentType: "a/b" }));
		expect(await answer(hostOf({ http }), posts, undefined, Buffer.from("onetw"))).toEqual([
			{ id: 0, status: 503, body: "got one", retryAfter: 2 },
			{ id: 1, status: 503, body: "got ", retryAfter: 2 },
			{ id: 2, status: 503, body: "got tw", retryAfter: 2 },
		]);
		expect(http).toHaveBeenCalledTimes(3);
		expect(await answer(hostOf(), [frame(1, { url: `${address}/0/503` })])).toMatchObject([{ status: 503 }]);
		expect(asked).toHaveLength(1);
	});

	test("waits as long as a request says, and not where the time of the run ends before", async () => {
		const began = performance.now();
		expect(await answer(hostOf(), [frame(1, { delay: 1 })])).toMatchObject([{ status: 200 }]);
		expect(performance.now() - began).toBeGreaterThanOrEqual(990);
		const host = hostOf({ http: { ...private_, timeouts: { runMs: 500 } } });
		expect(await answer(host, [frame(1, { delay: 1 }), frame(2)])).toMatchObject([{ failed: "timeout" }, { status: 200 }]);
		expect(performance.now() - began).toBeLessThan(3000);
	});

	test("shares the time of its run with the steps before", async () => {
		server.removeAllListeners("request");
		const host = hostOf({ http: { ...private_, timeouts: { runMs: 400, requestMs: 300 } } });
		const began = performance.now();
		expect(await answer(host, [frame(1)])).toEqual([{ id: 1, failed: "timeout" }]);
		expect(await answer(host, [frame(2)])).toEqual([{ id: 2, failed: "timeout" }]);
		expect(performance.now() - began).toBeLessThan(700);
		expect(await answer(host, [frame(3)])).toEqual([{ id: 3, failed: "timeout" }]);
	});

	test("tells its progress, and an error of the caller's ends it", async () => {
		const seen: Progress[] = [];
		await answer(hostOf(), [frame(1), frame(2)], new Control({ onProgress: (progress) => seen.push(progress) }));
		expect(seen).toEqual([0, 1, 2].map((done) => ({ phase: "http", done, total: 2 })));
		const mine = new Error("mine");
		const onProgress = ({ done }: Progress) => {
			if (done > 0) throw mine;
		};
		await expect(answer(hostOf(), [frame(1), frame(2, { url: `${address}/9` })], new Control({ onProgress }))).rejects.toBe(mine);
	});

	test("ends when it is stopped, with the reason, and leaves no connection", async () => {
		const controller = new AbortController();
		const control = new Control({ signal: controller.signal });
		for (const more of [{ url: `${address}/9` }, { delay: 9 }]) {
			const reason = new Error("stopped");
			const stopped = new AbortController();
			setTimeout(() => stopped.abort(reason), 100);
			await expect(answer(hostOf(), [frame(1, more)], new Control({ signal: stopped.signal }))).rejects.toBe(reason);
		}
		await vi.waitFor(() => new Promise<void>((resolve, reject) => server.getConnections((_, open) => (open === 0 ? resolve() : reject()))));
		expect(await answer(hostOf(), [frame(1)], control)).toMatchObject([{ status: 200 }]);
	});
});

describe("a timestamp service", () => {
	const timestamp = (service: number) =>
		frame(1, { purpose: "timestamp", service, url: null, method: "POST", contentType: "application/timestamp-query" });

	test("is a number, and the host knows the rest", async () => {
		const seen: HttpRequest[] = [];
		const http = (request: HttpRequest) => {
			seen.push(request);
			return { status: 200, body: "" };
		};
		const host = hostOf({ http }, [
			{ url: "http://one.example/" },
			{ url: "https://two.example/", headers: { "X-Key": "k", Accept: "mine" } },
		]);
		await answer(host, [timestamp(1)]);
		expect(seen).toMatchObject([
			{
				purpose: "timestamp",
				service: 1,
				url: "https://two.example/",
				method: "POST",
				headers: { accept: "mine", "content-type": "application/timestamp-query", "x-key": "k" },
				limit: 1000,
			},
		]);
		await answer(host, [frame(1)]);
		expect(seen[1]).not.toHaveProperty("service");
	});

	test("is that of the signer that was asked last", async () => {
		const http = ({ url }: HttpRequest) => ({ status: 200, body: url });
		const lists = [[{ url: "http://one.example/" }], [{ url: "http://two.example/" }]].map(servicesOf);
		const host = new HttpHost(httpCallOf({ http }), lists);
		for (const [signer, url] of [[0, "http://one.example/"] as const, [1, "http://two.example/"] as const]) {
			expect(await answer(host, [timestamp(0)], undefined, undefined, signer)).toMatchObject([{ body: url }]);
		}
	});

	test("that is not given is an error", async () => {
		await expect(answer(hostOf(), [timestamp(0)])).rejects.toMatchObject({ code: "ERR_TIMESTAMP_SERVICE" });
	});
});

describe("the caller's function", () => {
	const given = (http: unknown) => answer(hostOf({ http: http as never }), [frame(1)]);

	test("may answer at once or later, with bytes or text, or with a failure", async () => {
		expect(await given(() => ({ status: 404, body: "no" }))).toEqual([{ id: 1, status: 404, body: "no" }]);
		expect(await given(async () => ({ status: 200, body: new ArrayBuffer(2) }))).toEqual([{ id: 1, status: 200, body: "\0\0" }]);
		expect(await given(() => ({ failed: "tls" }))).toEqual([{ id: 1, failed: "tls" }]);
		expect(await given(() => ({ status: 200, body: "x".repeat(1001) }))).toEqual([{ id: 1, failed: "tooLarge" }]);
	});

	test("may be `fetch`: its network errors are failures", async () => {
		const http = async ({ body, headers, method, signal, url }: HttpRequest) => {
			const response = await fetch(url, { method, headers, signal, ...(method === "POST" && { body }) });
			return { status: response.status, body: await response.arrayBuffer() };
		};
		const host = () => hostOf({ http });
		expect(await answer(host(), [frame(1)])).toMatchObject([{ status: 200, body: "to /" }]);
		const [closed, unnamed] = [frame(1, { url: "http://127.0.0.1:1/" }), frame(2, { url: "http://does-not-exist.invalid/" })];
		const failed = (await answer(host(), [closed, unnamed])) as { failed: string }[];
		expect(failed.map(({ failed }) => failed)).toEqual([expect.stringMatching(/^(connect|other)$/), "dns"]);
	});

	test.each([
		["ECONNREFUSED", "connect"],
		["ENOTFOUND", "dns"],
		["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
		["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
		["UND_ERR_HEADERS_TIMEOUT", "timeout"],
	])("may throw %s, as Node does", async (code, failed) => {
		const error = Object.assign(new Error(code), { code });
		expect(await given(() => Promise.reject(error))).toEqual([{ id: 1, failed }]);
		expect(await given(() => Promise.reject(new TypeError("fetch failed", { cause: error })))).toEqual([{ id: 1, failed }]);
	});

	test.each(["Failed to fetch", "NetworkError when attempting to fetch resource.", "Load failed"])(
		"may throw what a browser does: %s",
		async (text) => {
			expect(await given(() => Promise.reject(new TypeError(text)))).toEqual([{ id: 1, failed: "connect" }]);
		},
	);

	test("that throws something else ends the step with that", async () => {
		for (const mine of [new TypeError("undefined is not a function"), new RangeError("mine"), "text"]) {
			await expect(given(() => Promise.reject(mine))).rejects.toBe(mine);
			await expect(
				given(() => {
					throw mine;
				}),
			).rejects.toBe(mine);
		}
	});

	test.each<[string, unknown]>([
		["nothing", undefined],
		["no status", { body: "" }],
		["another status", { status: 1000, body: "" }],
		["no body", { status: 200 }],
		["a body of another type", { status: 200, body: 5 }],
		["another kind of failure", { failed: "bad luck" }],
	])("that returns %s is told so", async (_, value) => {
		await expect(given(() => value)).rejects.toMatchObject({ code: "ERR_HTTP_ANSWER", group: "misuse" });
	});

	test("that never answers is not waited for", async () => {
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		try {
			const signals: AbortSignal[] = [];
			const never = given(({ signal }: HttpRequest) => {
				signals.push(signal);
				return new Promise(() => {});
			});
			await vi.advanceTimersByTimeAsync(15_000);
			expect(await never).toEqual([{ id: 1, failed: "timeout" }]);
			expect(signals[0]?.aborted).toBe(true);
		} finally {
			vi.useRealTimers();
		}
	});
});

describe("a cache", () => {
	const key = { cache: "ocsp:1" };

	test("has the response of a request with the same key, of one document or of many", async () => {
		const cache = memoryCache();
		expect(await answer(hostOf({ http: private_, cache }), [frame(1, key)])).toEqual([{ id: 1, status: 200, body: "to /" }]);
		expect(await answer(hostOf({ http: private_, cache }), [frame(2, key)])).toEqual([{ id: 2, status: 200, body: "to /", cached: true }]);
		expect(await answer(hostOf({ http: private_, cache }), [frame(2, { ...key, limit: 2 })])).toEqual([{ id: 2, failed: "tooLarge" }]);
		expect(await answer(hostOf({ http: private_, cache }), [frame(3), frame(4, { cache: "other" })])).not.toMatchObject([{ cached: true }]);
		expect(asked).toHaveLength(4);
		const own = hostOf();
		await answer(own, [frame(1, key)]);
		expect(await answer(own, [frame(1, key)])).toMatchObject([{ cached: true }]);
	});

	test("is asked for by documents at the same time, and one of them sends", async () => {
		const cache = memoryCache();
		const hosts = Array.from({ length: 5 }, () => hostOf({ http: private_, cache }));
		const all = await Promise.all(hosts.map((host) => answer(host, [frame(1, { ...key, url: `${address}/0.2` })])));
		expect(asked).toHaveLength(1);
		expect(all.flat().filter((response) => (response as { cached?: boolean }).cached)).toHaveLength(4);
	});

	test("has no failures and no other status, and every document asks then", async () => {
		const cache = memoryCache();
		const hosts = Array.from({ length: 3 }, () => hostOf({ http: private_, cache }));
		const all = await Promise.all(hosts.map((host) => answer(host, [frame(1, { ...key, url: `${address}/0/500` })])));
		expect(all.flat()).toEqual(Array(3).fill({ id: 1, status: 500, body: "to /0/500" }));
		expect(asked).toHaveLength(3);
	});

	test("may be the caller's, and what is not usable in it is passed by", async () => {
		const entries = new Map<string, unknown>();
		const cache = {
			get: async (name: string) => entries.get(name) as never,
			set: vi.fn(async (name: string, entry: unknown) => entries.set(name, entry)),
		};
		await answer(hostOf({ http: private_, cache }), [frame(1, key)]);
		expect(cache.set).toHaveBeenCalledWith("ocsp:1", { body: Buffer.from("to /"), time: expect.any(Number) });
		const now = Date.now() / 1000;
		const body = Buffer.from("kept");
		for (const [entry, isUsed] of [
			[{ body, time: now - 3500 }, true],
			[{ body, time: now - 3700 }, false],
			[{ body, time: now + 3700 }, false],
			[{ body, time: Number.NaN }, false],
			[{ body: "text", time: now }, false],
			[{ time: now }, false],
			[null, false],
			["text", false],
		] as const) {
			entries.set("ocsp:1", entry);
			const [response] = (await answer(hostOf({ http: private_, cache }), [frame(1, key)])) as [object];
			expect(response).toMatchObject(isUsed ? { cached: true, body: "kept" } : { body: "to /" });
		}
	});

	test("that throws ends the step with that", async () => {
		const mine = new Error("mine");
		const failing = () => Promise.reject(mine);
		for (const cache of [
			{ get: failing, set: () => {} },
			{ get: () => undefined, set: failing },
		]) {
			await expect(answer(hostOf({ http: private_, cache }), [frame(1, key)])).rejects.toBe(mine);
		}
	});

	test("in memory keeps 64 MiB, and drops the oldest first", () => {
		const cache = memoryCache();
		const entry = { body: new Uint8Array(30 * 1024 * 1024), time: 0 };
		for (const name of ["a", "b", "b", "c"]) cache.set(name, entry);
		expect(["a", "b", "c"].map((name) => cache.get(name) !== undefined)).toEqual([false, true, true]);
		cache.set("b", { body: new Uint8Array(65 * 1024 * 1024), time: 0 });
		expect(["b", "c"].map((name) => cache.get(name) !== undefined)).toEqual([false, true]);
	});
});

test.each<[string, unknown]>([
	["http", 5],
	["http", "text"],
	["http.allowPrivateNetworks", { allowPrivateNetworks: 1 }],
	["http.allowedHosts", { allowedHosts: "a" }],
	["http.allowedHosts", { allowedHosts: [1] }],
	["http.timeouts", { timeouts: 5 }],
	["http.timeouts.runMs", { timeouts: { runMs: 0 } }],
	["http.timeouts.requestMs", { timeouts: { requestMs: "5" } }],
	["http.timeouts.connectMs", { timeouts: { connectMs: Number.POSITIVE_INFINITY } }],
	["http.timeouts.run", { timeouts: { run: 1 } }],
	["http.proxy", { proxy: "" }],
])("settings that are wrong are named: %s", (name, http) => {
	expect(() => httpCallOf({ http } as HttpOptions)).toThrow(expect.objectContaining({ message: expect.stringContaining(name) }));
	expect(() => httpCallOf({ cache: {} } as HttpOptions)).toThrow(/cache/);
});
