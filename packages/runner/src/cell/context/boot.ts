/**
 * Runs inside the bare context, before any glue; bundled to one text by `scripts/bundle.ts`.
 *
 * It puts the few globals that glue needs in place, loads the component, and turns frames into calls and guest imports
 * into frames.
 */
import type { ContextGuest, ContextHost } from "./context-host.ts";
import { createFrameInput, type InputFrame } from "./frame-input.ts";
import { createFrameOutput } from "./frame-output.ts";
import { defineGlobals } from "./globals.ts";
import { createGuestCalls, type CellOptions, type GuestCalls } from "./guest-calls.ts";
import type { GuestCode } from "./guest-instance.ts";
import { createPump } from "./pump.ts";
import { createRemains } from "./remains.ts";
import { createTrackedViews, PLAIN_VIEWS } from "./tracked-views.ts";
import { Module, type WasmModule } from "./web-assembly.ts";
import { unpackValue } from "./wire.ts";

const PAGE_BYTES = 65_536;

/** Start the context's side of the cell. */
export function boot(host: ContextHost): ContextGuest {
  const output = createFrameOutput(host);
  const pump = createPump(host, output);
  const remains = createRemains(host);
  const readFrames = createFrameInput(host);
  /** By the number the supervisor gave them. */
  const guests: GuestCalls[] = [];
  let engine: WasmModule | null = null;
  defineGlobals(host);
  const views = createTrackedViews();

  const load = ({ header, body }: InputFrame) => {
    const { guest, glueBytes, modules, ...rest } = header as unknown as LoadHeader;
    let offset = 0;
    const next = (length: number) => body.subarray(offset, (offset += length));
    const glue = host.decode(false, next(glueBytes));
    const compiled = new Map<string, WasmModule>();
    for (const { name, bytes } of modules) {
      const module = bytes === null ? engine : new Module(next(bytes));
      if (module === null) throw new TypeError("there is no engine");
      compiled.set(name, module);
    }
    const constructors = rest.isWarm ? PLAIN_VIEWS : views.constructors;
    const evaluated = host.evaluate(glue, Object.keys(constructors).join());
    if (typeof evaluated !== "function") throw new TypeError(String(evaluated));
    const instantiate: unknown = evaluated(...Object.values(constructors));
    const code: GuestCode = {
      instantiate: instantiate as GuestCode["instantiate"],
      modules: compiled,
      isRestorable: rest.isRestorable,
      images: [],
      host,
      views,
    };
    const options: CellOptions = {
      importNames: rest.imports,
      functions: rest.functions,
      maxMemoryPages: rest.memoryCapBytes / PAGE_BYTES,
      isWarm: rest.isWarm,
    };
    guests[guest] = createGuestCalls(code, options, { host, output, pump, remains });
  };

  const receive = (frame: InputFrame) => {
    const { header, body } = frame;
    const id = Number(header["id"]);
    const guest = Number(header["guest"]);
    switch (header["t"]) {
      case "engine":
        engine = new Module(body);
        output.send(`{"t":"engine"}`, null);
        output.flush();
        return;
      case "load":
        try {
          load(frame);
          output.send(`{"t":"loaded","guest":${guest}}`, null);
        } catch (error) {
          const message = JSON.stringify(String(error).slice(0, 500));
          output.send(`{"t":"unloadable","guest":${guest},"message":${message}}`, null);
        }
        output.flush();
        return;
      case "call":
        guests[guest]?.start({
          id,
          request: unpackValue(header["v"], body),
          deadline: Number(header["at"]),
          cpuMs: typeof header["cpu"] === "number" ? header["cpu"] : Infinity,
          memoryPages: typeof header["pages"] === "number" ? header["pages"] : null,
        });
        return;
      case "answer":
        guests[guest]?.answer(
          id,
          Number(header["seq"]),
          header["kind"] === "ok",
          unpackValue(header["v"], body),
        );
        return;
      case "cancel":
        guests[guest]?.cancel(id);
        output.send(`{"t":"cancelled","id":${id}}`, null);
        output.flush();
        return;
      default:
        host.exit(3);
    }
  };
  output.send(`{"t":"up"}`, null);
  output.flush();
  return {
    alloc: (length) => new Uint8Array(length),
    receive(chunk) {
      for (const frame of readFrames(chunk)) receive(frame);
    },
  };
}

interface LoadHeader {
  readonly guest: number;
  readonly glueBytes: number;
  readonly modules: readonly { readonly name: string; readonly bytes: number | null }[];
  readonly imports: readonly string[];
  readonly functions: CellOptions["functions"];
  readonly memoryCapBytes: number;
  readonly isRestorable: boolean;
  readonly isWarm: boolean;
}
