// What a worker thread of an audit can be asked to do.
export { verifyPage } from "./verify-page.ts";
