import { openPglite } from "../test-kit/database.ts";
import { registryContract } from "./registry.contract.ts";

registryContract(openPglite);
