import { openPostgres } from "./kit/database.ts";
import { registryContract } from "./registry.contract.ts";

registryContract(openPostgres);
