/**
 * A guest in AssemblyScript, with the canonical ABI by hand: what a toolchain that knows nothing of JavaScript leaves.
 *
 * Layouts are those of the WIT: a string or list is pointer and length, an option or result has its discriminant first,
 * and every field starts at a multiple of its own alignment.
 */
export const ASSEMBLY_GUEST = `
@external("alga:extension/logging", "log-info")
declare function logInfo(at: usize, length: usize): void;
@external("alga:extension/context", "get-context")
declare function getContext(answer: usize): void;
@external("alga:extension/storage", "get")
declare function storageGet(namespace: usize, namespaceLength: usize, key: usize, keyLength: usize, answer: usize): void;
@external("alga:extension/storage", "put")
declare function storagePut(
  namespace: usize, namespaceLength: usize, key: usize, keyLength: usize, value: usize, valueLength: usize,
  hasRevision: i32, revision: u64, answer: usize): void;
@external("alga:extension/http", "fetch")
declare function httpFetch(
  method: usize, methodLength: usize, url: usize, urlLength: usize, headers: usize, headersLength: usize,
  hasBody: i32, body: usize, bodyLength: usize, answer: usize): void;

// Where an execute-request has its parts.
const TENANT: usize = 12;
const METHOD: usize = 52;
const URL: usize = 60;
const BODY: usize = 76;

/** Text or bytes as the ABI has them. */
class Span {
  constructor(public at: usize, public length: usize) {}
  static of(text: string): Span {
    const bytes = String.UTF8.encode(text);
    return new Span(changetype<usize>(bytes), <usize>bytes.byteLength);
  }
  static from(field: usize): Span {
    return new Span(load<u32>(field), load<u32>(field, 4));
  }
  get text(): string {
    return String.UTF8.decodeUnsafe(this.at, this.length);
  }
}

export function cabi_realloc(old: usize, oldLength: usize, align: usize, length: usize): usize {
  const made = heap.alloc(length);
  if (oldLength > 0) memory.copy(made, old, min(oldLength, length));
  return made;
}

let calls = 0;

function answer(text: string, status: u16 = 200): usize {
  const name = Span.of("x-guest"), value = Span.of("assembly");
  const headers = heap.alloc(16);
  store<u32>(headers, name.at); store<u32>(headers, name.length, 4);
  store<u32>(headers, value.at, 8); store<u32>(headers, value.length, 12);
  const body = Span.of(text);
  const response = heap.alloc(24);
  store<u16>(response, status);
  store<u32>(response, headers, 4); store<u32>(response, 1, 8);
  store<u8>(response, 1, 12); store<u32>(response, body.at, 16); store<u32>(response, body.length, 20);
  return response;
}

function stored(key: string): string {
  const namespace = Span.of("notes"), at = Span.of(key);
  const result = heap.alloc(48);
  storageGet(namespace.at, namespace.length, at.at, at.length, result);
  // A storage-error has one byte; an entry has its value behind namespace and key.
  return load<u8>(result) != 0 ? "error " + load<u8>(result, 8).toString() : Span.from(result + 24).text;
}

function keep(key: string, text: string): string {
  const namespace = Span.of("notes"), at = Span.of(key), value = Span.of(text);
  const result = heap.alloc(48);
  storagePut(namespace.at, namespace.length, at.at, at.length, value.at, value.length, 0, 0, result);
  return load<u8>(result) != 0 ? "error " + load<u8>(result, 8).toString() : "revision " + load<u64>(result, 40).toString();
}

function fetched(url: string): string {
  const method = Span.of("GET"), to = Span.of(url);
  const result = heap.alloc(28);
  httpFetch(method.at, method.length, to.at, to.length, 0, 0, 0, 0, 0, result);
  if (load<u8>(result) != 0) return "error " + load<u8>(result, 4).toString();
  return load<u16>(result, 4).toString() + " " + Span.from(result + 20).text;
}

export function handler(request: usize): usize {
  calls += 1;
  const url = Span.from(request + URL).text;
  if (url == "/calls") return answer(calls.toString());
  if (url == "/echo") {
    const body = load<u8>(request + BODY) != 0 ? Span.from(request + BODY + 4).text : "none";
    logInfo(Span.of(body).at, Span.of(body).length);
    return answer(Span.from(request + METHOD).text + " " + Span.from(request + TENANT).text + " " + body);
  }
  if (url == "/context") {
    const context = heap.alloc(52);
    getContext(context);
    return answer(Span.from(context + TENANT).text);
  }
  if (url == "/store") return answer(keep("k", "kept ü") + ", " + stored("k") + ", " + stored("absent"));
  if (url == "/fetch") return answer(fetched("https://upstream.example/hello"));
  if (url == "/denied") return answer(fetched("https://elsewhere.example/"));
  if (url == "/loop") while (true) calls += 1;
  if (url == "/bomb") while (true) memory.fill(heap.alloc(1 << 20), 7, 1 << 20);
  if (url == "/grow") { memory.fill(heap.alloc(20 << 20), 7, 20 << 20); return answer(calls.toString()); }
  if (url == "/trap") unreachable();
  return answer("no such route", 404);
}
`;
