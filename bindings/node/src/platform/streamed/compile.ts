/** Compiles a module from an address. Only one that is served by its own type may be compiled while it arrives. */
export async function compile(address: URL): Promise<WebAssembly.Module> {
	const response = await fetch(address);
	if (!response.ok) throw new Error(`${address.href}: ${response.status} ${response.statusText}`);
	if (response.headers.get("content-type") === "application/wasm") return WebAssembly.compileStreaming(response);
	return WebAssembly.compile(await response.arrayBuffer());
}
