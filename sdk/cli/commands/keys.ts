import type { Command } from "commander";
import { createKeystore, readPublicKeys, type PublicKeys } from "../../client/keystore.ts";
import { readPassword } from "../connection.ts";
import { outputError, type Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { table } from "../table.ts";

/** `keys create` and `keys show`: a department's own keys in an encrypted file. */
export function registerKeys(program: Command, context: Context): void {
  const { say } = context;
  const group = program
    .command("keys")
    .description(say({ zh: "本部门的密钥库(suyuan/keystore/1)", en: "The department's keystore (suyuan/keystore/1)" }));
  const create = group
    .command("create")
    .description(
      say({
        zh: "新建密钥库:链上账户、交换密钥、数据密钥的根;从不覆盖已有文件",
        en: "Make a keystore: chain account, exchange key, and the root of the data keys; never overwrites a file",
      }),
    )
    .requiredOption("--out <FILE>", say({ zh: "新文件", en: "the new file" }))
    .action(
      context.action(async ({ out }: { readonly out: string }) => {
        const password = await readPassword(context);
        try {
          const { account, exchange } = await createKeystore({ path: context.resolvePath(out), password });
          show({ address: account.address, exchangeKey: exchange.publicKey }, context);
        } catch (cause) {
          throw outputError(out, cause);
        }
        context.output.note(
          say({
            zh: "请备份此文件,口令另存他处:两者缺一,本部门加密的数据都无法再读取。",
            en: "Back the file up, its password elsewhere: without both, what the department encrypted cannot be read again.",
          }),
        );
        return EXIT.ok;
      }),
    );
  teach(create, context, {
    examples: [
      {
        line: "keys create --out keystore.json",
        words: {
          zh: "口令(至少 12 个字符)只取自环境变量 SUYUAN_KEYSTORE_PASSWORD 或 SUYUAN_KEYSTORE_PASSWORD_FILE:",
          en: "The password (12 characters or more) comes from SUYUAN_KEYSTORE_PASSWORD or SUYUAN_KEYSTORE_PASSWORD_FILE only:",
        },
      },
    ],
  });
  const showing = group
    .command("show")
    .description(
      say({
        zh: "显示公开部分(接入时交给数据主管部门),不需要口令",
        en: "Show the public half, which the authority needs for admission; takes no password",
      }),
    )
    .argument("<FILE>", say({ zh: "密钥库文件", en: "the keystore" }))
    .action(
      context.action(async (path: string) => {
        show(await readPublicKeys(context.resolvePath(path)), context);
        return EXIT.ok;
      }),
    );
  teach(showing, context, {
    examples: [
      { line: "keys show keystore.json", words: { zh: "显示账户与公钥:", en: "Show account and public key:" } },
    ],
  });
}

function show({ address, exchangeKey }: PublicKeys, { output, say }: Context): void {
  output.result({
    lines: () =>
      table([
        [say({ zh: "链上账户", en: "chain account" }), address],
        [say({ zh: "交换公钥(Ed25519)", en: "exchange key (Ed25519)" }), exchangeKey],
      ]),
    json: { address, exchangeKey },
  });
}
