import { CERTIFICATE_OPERATIONS, CERTIFICATE_STATES } from "./certificate-codes.ts";
import { FORMS } from "./patterns.ts";
import { code, count, date, dateTime, line, list, nullable, object, oneOf, paragraph, usccCode } from "./schema.ts";
import type { FamilySchema } from "./schema.ts";

const IDENTIFIER_LENGTH = { minLength: 1, maxLength: 200 } as const;

const authority = (zh: string, en: string): FamilySchema =>
  object(zh, en, {
    required: { name: line(`${zh}名称`, `${en}: name`), code: usccCode(`${zh}代码`, `${en}: code`) },
  });

const states = Object.entries(CERTIFICATE_STATES).map(([key, { zh }]) => `${key} ${zh}`);
const operations = Object.entries(CERTIFICATE_OPERATIONS).map(([key, { zh }]) => `${key} ${zh}`);

const businessLicence = object("营业执照登记事项", "Business licence particulars", {
  required: {
    legalRepresentative: line("法定代表人", "Legal representative", { "x-personal": true }),
    registeredCapitalFen: count("注册资本", "Registered capital", { description: "单位：分 (1/100 yuan)" }),
    businessScope: paragraph("经营范围", "Scope of business"),
    domicile: line("住所", "Domicile"),
    establishedOn: date("成立日期", "Date of establishment"),
    entityType: line("类型", "Type of entity"),
    registrationAuthority: line("登记机关", "Registration authority"),
  },
});

const extendInfo = object("扩展信息", "Extended information", {
  required: {},
  optional: {
    businessLicence,
    entries: list(
      "其他扩展项",
      "Other entries",
      object("扩展项", "Entry", { required: { name: line("名称", "Name"), value: paragraph("内容", "Value") } }),
    ),
  },
});

const attachment = object("附件", "Attachment", {
  required: {
    digest: code("摘要", "Digest", FORMS.digest.pattern),
    size: count("大小", "Size", { description: "单位：字节 (bytes)" }),
    type: line("媒体类型", "Media type", { pattern: FORMS.mediaType.pattern }),
  },
});

const copy = object("加注件", "Annotated copy", {
  required: {
    createdAt: dateTime("加注件制作时间", "Copy made at"),
    creator: line("加注件制作者", "Copy made by"),
    cause: line("加注件制作事由", "Cause of the copy"),
  },
  optional: { expiresAt: dateTime("加注件有效期截止时间", "Copy valid until") },
});

const holder = object("持证主体", "Holder", {
  required: {
    name: line("持证主体名称", "Holder: name", { "x-personal": true }),
    code: line("持证主体代码", "Holder: code", { maxLength: 64, "x-personal": true }),
    codeType: code("持证主体代码类型", "Holder: type of code", FORMS.threeDigits.pattern, {
      description: "001 统一社会信用代码, 111 公民身份号码 (GB/T 36903)",
    }),
  },
});

/** Electronic certificate metadata, GB/T 36903-2018, with the particulars of a business licence as an extension. */
export const ecertificateSchema: FamilySchema = object(
  "电子证照",
  "Electronic certificate",
  {
    required: {
      certificateIdentifier: line("电子证照标识", "Certificate identifier", IDENTIFIER_LENGTH),
      certificateType: object("证照类型", "Certificate type", {
        required: {
          name: line("证照类型名称", "Certificate type: name"),
          code: code("证照类型代码", "Certificate type: code", FORMS.certificateType.pattern),
        },
      }),
      certificateNumber: line("证照编号", "Certificate number", { maxLength: 100 }),
      certificateName: line("证照名称", "Certificate name"),
      version: code("版本号", "Version", FORMS.threeDigits.pattern),
      issuingAuthority: authority("证照颁发机构", "Issuing authority"),
      issueDate: date("颁发日期", "Date of issue"),
      definingAuthority: authority("证照定义机构", "Defining authority"),
      validity: object("有效期", "Validity", {
        required: {
          start: date("有效期起", "Valid from"),
          end: nullable(date("有效期止", "Valid until", { description: "null 表示长期 (no end)" })),
        },
      }),
      areaCode: code("管辖地编码", "Area code", FORMS.area.pattern),
      holder,
      conditions: nullable(
        paragraph("适用条件与限制", "Conditions", { description: "null 表示没有限制 (none)", maxLength: 1000 }),
      ),
      status: oneOf("证照状态", "Status", Object.keys(CERTIFICATE_STATES), { description: states.join(", ") }),
      operation: oneOf("业务类型", "Operation", Object.keys(CERTIFICATE_OPERATIONS), {
        description: operations.join(", "),
      }),
    },
    optional: {
      predecessor: line("前一版本电子证照标识", "Predecessor's identifier", IDENTIFIER_LENGTH),
      relatedItem: object("关联事项", "Related matter", {
        required: {
          name: line("关联事项名称", "Related matter: name"),
          code: line("关联事项代码", "Related matter: code", { maxLength: 64 }),
        },
      }),
      copy,
      extendInfo,
      attachments: list("证照文件", "Files", attachment),
    },
  },
  {
    "x-required-claims": [
      ["certificateIdentifier"],
      ["certificateNumber"],
      ["certificateType", "code"],
      ["issuingAuthority", "code"],
      ["holder", "name"],
      ["holder", "code"],
      ["validity", "start"],
      ["validity", "end"],
      ["status"],
      ["conditions"],
    ],
    "x-validity": { from: ["validity", "start"], until: ["validity", "end"] },
  },
);
