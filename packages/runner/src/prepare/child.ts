/**
 * Entry of the prepare child: bundled with the transpiler to one text, sent over stdin, run inside the wall.
 *
 * One component, one process: a panic poisons the transpiler for every later caller, and a bomb takes only this
 * process with it.
 */
import process from "node:process";
import { $init, generate, type GenerateOptions } from "@bytecodealliance/jco-transpile/component";
import { componentEmbed, componentNew, componentWit } from "@bytecodealliance/jco-transpile/wasm-tools";
import { ALGA_EXTENSION_WIT } from "@alga-ext/protocol/wit";
import { RunnerError } from "../errors.ts";
import { createFrameDecoder, encodeFrame, type Frame } from "../frames/frame.ts";
import { exposesState, toGlueText } from "./glue-text.ts";
import { extendWorld } from "./host-interfaces.ts";
import { lintGlue } from "./lint-glue.ts";
import { composeWithPinned } from "./pinned-composition.ts";
import { pinnedWasi } from "./pinned-wasi.ts";
import { stripDebugLog } from "./strip-debug-log.ts";
import { rewriteModule } from "./rewrite/rewrite-module.ts";
import { join } from "./wasm/bytes.ts";

const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const HANDLER_PROBE_WIT = `${ALGA_EXTENSION_WIT}
world handler-probe {
  use types.{execute-request, execute-response};
  import handler: func(request: execute-request) -> execute-response;
}
`;

function send(header: Frame["header"], body?: Uint8Array): void {
  process.stdout.write(encodeFrame(header, body), () => process.exit(0));
}

/** Compare every type with the pinned world; the message names the first that differs. */
async function checkTypes(
  component: Uint8Array,
  imports: readonly string[],
  hostInterfaces: readonly { readonly name: string; readonly wit: string }[],
): Promise<string | null> {
  const dummy = async (witSource: string, world: string) =>
    componentNew(await componentEmbed({ dummy: true, witSource, world }), []);
  const interfaces = [...hostInterfaces, ...pinnedWasi(imports)];
  const pinned = {
    world: await dummy(extendWorld(ALGA_EXTENSION_WIT, interfaces), "runner"),
    handlerProbe: await dummy(HANDLER_PROBE_WIT, "handler-probe"),
  };
  try {
    await componentWit(composeWithPinned(pinned, component, imports));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function prepare(frame: Frame): Promise<void> {
  const component = frame.body;
  const imports = frame.header["imports"] as string[];
  const hostInterfaces = frame.header["hostInterfaces"] as unknown as readonly {
    name: string;
    wit: string;
  }[];
  const mismatch = await checkTypes(component, imports, hostInterfaces);
  if (mismatch !== null) {
    send({ t: "rejected", reason: "types", message: mismatch.slice(0, 2000) });
    return;
  }
  await $init;
  const options: GenerateOptions = {
    name: "c",
    map: [],
    instantiation: { tag: "async" },
    asyncMode: {
      tag: "jspi",
      val: { imports: frame.header["asyncImports"] as string[], exports: ["handler"] },
    },
    noTypescript: true,
    noNodejsCompat: true,
    base64Cutoff: 0,
    noComponentErrorWrapping: true,
  };
  const made = generate(component, options);
  const isRestored = frame.header["isRestored"] === true;
  const rewriting = { maxMemoryPages: Number(frame.header["maxMemoryPages"]), isRestored };
  let glue = "";
  const modules: { name: string; bytes: Uint8Array }[] = [];
  const lasting: string[] = isRestored ? [] : ["what it writes is not noted"];
  for (const [name, bytes] of made.files) {
    if (name.endsWith(".js")) {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      glue = toGlueText(stripDebugLog(text, lintGlue(text).debugStatements));
      if (!exposesState(glue)) lasting.push(name);
    } else if (name.endsWith(".wasm")) {
      const rewritten = rewriteModule(bytes, rewriting);
      modules.push({ name, bytes: rewritten.bytes });
      if (rewritten.lastingState !== null) lasting.push(`${name}: ${rewritten.lastingState}`);
    }
  }
  const parts = [new TextEncoder().encode(glue), ...modules.map(({ bytes }) => bytes)];
  send(
    {
      t: "prepared",
      imports: made.imports,
      exports: made.exports.map(([name]) => name),
      glueBytes: parts[0]?.length ?? 0,
      modules: modules.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
      lasting,
    },
    join(parts),
  );
}

const decoder = createFrameDecoder(MAX_FRAME_BYTES);
process.stdin.on("data", (chunk: Buffer) => {
  for (const frame of decoder.push(chunk)) {
    prepare(frame).catch((error: unknown) => {
      const reason = error instanceof RunnerError ? error.details["reason"] : undefined;
      const message = error instanceof Error ? error.message : String(error);
      send({
        t: "rejected",
        reason: typeof reason === "string" ? reason : "transpile",
        message: message.slice(0, 2000),
      });
    });
  }
});
process.stdin.on("end", () => process.exit(0));
