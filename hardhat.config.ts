import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import { defineConfig } from "hardhat/config";
import { fileURLToPath } from "node:url";

const compiler = {
  version: "0.8.37",
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
  // Without the metadata hash a changed comment changes no bytecode.
  settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: "paris", metadata: { bytecodeHash: "none" } },
} as const;

/** The long form of the fault tests fuzzes from seeds of its own. */
const fuzzSeed = Number(process.env["SUYUAN_FAULTS_SEED"] ?? 0x5eed);

export default defineConfig({
  plugins: [hardhatEthers, hardhatMatchers],
  solidity: {
    profiles: { default: compiler, production: compiler },
    npmFilesToBuild: ["@openzeppelin/contracts/access/manager/AccessManager.sol"],
  },
  paths: {
    sources: "contracts",
    tests: { solidity: "test/contracts/solidity" },
    cache: "cache",
    artifacts: "artifacts",
  },
  networks: {
    // The pinned hard fork of the gas snapshot; the oldest rules every permissioned engine in service follows.
    default: { type: "edr-simulated", chainType: "l1", chainId: 31337, hardfork: "shanghai" },
  },
  test: {
    solidity: {
      fsPermissions: { readDirectory: ["test/vectors"] },
      fuzz: { runs: 256, seed: `0x${fuzzSeed.toString(16)}` },
      invariant: { runs: 64, depth: 100 },
    },
  },
});
