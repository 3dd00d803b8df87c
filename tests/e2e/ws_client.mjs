// SPDX-License-Identifier: BSD-2-Clause
/*
 * ws_client.mjs DIR URL OPTIONS: a throughput1 stream by the npm package ws,
 * which is in DIR/node_modules. OPTIONS is JSON: what new WebSocket() takes,
 * and upload_s, the seconds to send. What was seen is printed as JSON.
 */
import { createRequire } from "node:module";

const PROTOCOL = "net.measurementlab.throughput.v1";
const [dir, url, text] = process.argv.slice(2);
const { upload_s: seconds, ...options } = JSON.parse(text);
const { WebSocket } = createRequire(`${dir}/`)("ws");

const ws = new WebSocket(url, PROTOCOL, options);
const seen = { received: 0, texts: 0, newest: null, error: null };
let start, last;

/* One message on its way and one behind it; sizes as the protocol has them. */
function upload() {
	const payload = Buffer.alloc(1 << 20, "plumbline");
	let size = 1024, sent = 0;

	const next = () => {
		if (performance.now() - start >= seconds * 1000 ||
		    ws.readyState !== WebSocket.OPEN)
			return;
		ws.send(payload.subarray(0, size), next);
		sent += size;
		if (size < payload.length && size <= sent / 16)
			size *= 2;
	};
	next();
	next();
}

ws.on("open", () => {
	start = performance.now();
	seen.extensions = ws.extensions;
	seen.protocol = ws.protocol;
	if (seconds)
		upload();
});
ws.on("message", (data, binary) => {
	last = performance.now();
	seen.received += data.length;
	if (binary)
		return;
	seen.texts++;
	seen.newest = JSON.parse(data);
});
ws.on("error", error => { seen.error = error.message; });
/* Once TCP has ended, and not before. */
ws.addEventListener("close", event => {
	const bytes = seconds ? seen.newest?.Application.BytesReceived :
	    seen.received;

	seen.code = event.code;
	seen.clean = event.wasClean;
	seen.reason = event.reason;
	seen.closing_s = (performance.now() - last) / 1000;
	seen.elapsed_s = (last - start) / 1000;
	seen.rate_bps = bytes * 8 / seen.elapsed_s;
	console.log(JSON.stringify(seen));
});
