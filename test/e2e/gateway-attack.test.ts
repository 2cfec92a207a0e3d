import { inject, test } from "vitest";
import { GATEWAY_ROWS } from "../attack/gateway/rows.ts";
import { openStage } from "../attack/gateway/stage.ts";

const stage = await openStage(inject("deployment"));

test.each(GATEWAY_ROWS)("$name", (row) => row.run(stage));
