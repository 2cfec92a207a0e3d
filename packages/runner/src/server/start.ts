import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { raiseWall } from "../wall/raise-wall.ts";
import { flagOf } from "./environment-values.ts";

/**
 * Start the runner as a process; never rejects.
 *
 * Wall tiers are tried in processes of their own, which takes about as long as loading all other code: so both are done
 * at once. Nothing is run behind a wall that was not tried in this start.
 */
export async function start(): Promise<void> {
  // What survives is little: handing it to other threads costs more than it saves, and they take the cells' processors.
  setFlagsFromString("--no-parallel-scavenge");
  const wall = raiseWall({ allowNone: flagOf(process.env, "ALGA_ALLOW_NO_WALL") });
  // What reads the configuration tells of its mistakes first.
  wall.catch(() => undefined);
  const { run } = await import("./run.ts");
  // The first answers are a refusal and a handshake: what they are made of is read now, while there is nothing to do.
  Reflect.get(globalThis, "Response");
  await run(wall);
}
