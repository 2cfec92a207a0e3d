import { handlers } from "../../../lib/serve.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = handlers;
