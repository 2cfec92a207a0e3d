import type { Cell, CellGuest } from "../src/cells/cell.ts";
import { startCell, type StartCellOptions } from "../src/cells/start-cell.ts";
import type { Artifact } from "../src/prepare/artifact.ts";

/** A cell with one component, which is all that most tests need. */
export interface LoadedCell extends Omit<Cell, "load" | "up">, CellGuest {}

/** Start a cell and load a component into it. */
export function startLoadedCell(artifact: Artifact, options: StartCellOptions): LoadedCell {
  const cell = startCell(options);
  const guest = cell.load(artifact);
  return {
    ready: guest.ready,
    ended: cell.ended,
    get pid() {
      return cell.pid;
    },
    get inFlight() {
      return cell.inFlight;
    },
    get isDead() {
      return cell.isDead;
    },
    get isSound() {
      return guest.isSound;
    },
    call: (call) => guest.call(call),
    responsive: () => cell.responsive(),
    kill: () => cell.kill(),
  };
}
