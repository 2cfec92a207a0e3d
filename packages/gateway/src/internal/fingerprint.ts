/** SHA-256 of what a call says besides its method and path, as hex: the same for the same call, whoever repeats it. */
export async function fingerprintOf(call: {
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string | null;
  readonly body: Uint8Array | null;
}): Promise<string> {
  const query = Object.entries(call.query).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const head = new TextEncoder().encode(JSON.stringify([query, call.contentType, call.body !== null]));
  const body = call.body ?? new Uint8Array();
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
