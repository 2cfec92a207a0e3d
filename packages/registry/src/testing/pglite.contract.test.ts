import { openPglite } from "./kit/database.ts";
import { registryContract } from "./registry.contract.ts";

registryContract(openPglite);
