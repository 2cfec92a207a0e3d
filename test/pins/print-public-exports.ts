/** Print the public surface of the build in the form of `public-exports.json`. */
import { publicExports } from "./public-exports.ts";

process.stdout.write(`${JSON.stringify(await publicExports(), null, 2)}\n`);
