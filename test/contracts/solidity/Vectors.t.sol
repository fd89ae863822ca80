// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AnchorLog} from "../../../contracts/ledger/AnchorLog.sol";
import {IAnchorLog} from "../../../contracts/ledger/IAnchorLog.sol";
import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {IRecordStatus} from "../../../contracts/ledger/IRecordStatus.sol";
import {MerkleInclusion} from "../../../contracts/libraries/MerkleInclusion.sol";
import {ISharingAgreements} from "../../../contracts/sharing/ISharingAgreements.sol";
import {AgreementId, toAgreementId} from "../../../contracts/types/AgreementId.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {ResourceId, toResourceId} from "../../../contracts/types/ResourceId.sol";
import {
    ScopeId,
    deliveriesScope,
    journalScope,
    receiptsScope,
    resourceScope
} from "../../../contracts/types/ScopeId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {Asserts} from "./support/Asserts.sol";
import {Vm, vm} from "./support/Vm.sol";

/// @notice The cheat codes that read vector files.
interface VectorVm is Vm {
    function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);
    function parseJsonUintArray(string calldata json, string calldata key) external pure returns (uint256[] memory);
    function parseJsonBool(string calldata json, string calldata key) external pure returns (bool);
    function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);
    function parseJsonBytes32Array(string calldata json, string calldata key) external pure returns (bytes32[] memory);
    function toString(uint256 value) external pure returns (string memory);
    function store(address target, bytes32 slot, bytes32 value) external;
}

VectorVm constant vectorVm = VectorVm(address(vm));

/// @notice Gives the library its proofs as calldata.
contract InclusionHarness {
    function leafHash(HashName hash, bytes32 data) external pure returns (bytes32) {
        return MerkleInclusion.leafHash(hash, data);
    }

    function verify(
        HashName hash,
        bytes32 root,
        bytes32 leaf,
        uint256 index,
        uint256 count,
        bytes32[] calldata proof
    ) external view returns (bool) {
        return MerkleInclusion.verify(hash, root, leaf, index, count, proof);
    }
}

/// @notice Reads one case a call: what is read here is forgotten when the call returns.
contract TreeVectors {
    struct TreeCase {
        HashName hash;
        uint256 count;
        bytes32 root;
        uint256[] indices;
        uint256[] offsets;
        bytes32[] nodes;
    }

    struct InclusionCase {
        string name;
        bool solidity;
        HashName hash;
        bytes32 root;
        bytes32 leaf;
        uint256 index;
        uint256 count;
        bytes32[] nodes;
    }

    string private constant PATH = "test/vectors/trees.json";

    function words(string calldata key) external view returns (bytes32[] memory) {
        return vectorVm.parseJsonBytes32Array(vm.readFile(PATH), key);
    }

    /// @notice Every case is read by index until there is none.
    function has(string calldata list, uint256 i) external view returns (bool) {
        return vm.keyExistsJson(vm.readFile(PATH), placeOf(list, i, "hash"));
    }

    function treeCase(uint256 i) external view returns (TreeCase memory found) {
        string memory json = vm.readFile(PATH);
        found.hash = _hash(vm.parseJsonString(json, placeOf("cases", i, "hash")));
        found.count = vectorVm.parseJsonUint(json, placeOf("cases", i, "count"));
        found.root = vectorVm.parseJsonBytes32(json, placeOf("cases", i, "root"));
        found.indices = vectorVm.parseJsonUintArray(json, placeOf("cases", i, "indices"));
        found.offsets = vectorVm.parseJsonUintArray(json, placeOf("cases", i, "offsets"));
        found.nodes = vectorVm.parseJsonBytes32Array(json, placeOf("cases", i, "nodes"));
    }

    /// @notice A case that a contract cannot even be given holds nothing but its name.
    function inclusionCase(string calldata list, uint256 i) external view returns (InclusionCase memory found) {
        string memory json = vm.readFile(PATH);
        found.name = vm.parseJsonString(json, placeOf(list, i, "name"));
        found.solidity = vectorVm.parseJsonBool(json, placeOf(list, i, "solidity"));
        if (!found.solidity) return found;
        found.hash = _hash(vm.parseJsonString(json, placeOf(list, i, "hash")));
        found.root = vectorVm.parseJsonBytes32(json, placeOf(list, i, "root"));
        found.leaf = vectorVm.parseJsonBytes32(json, placeOf(list, i, "leaf"));
        found.index = vectorVm.parseJsonUint(json, placeOf(list, i, "index"));
        found.count = vectorVm.parseJsonUint(json, placeOf(list, i, "count"));
        found.nodes = vectorVm.parseJsonBytes32Array(json, placeOf(list, i, "nodes"));
    }

    function _hash(string memory name) private pure returns (HashName) {
        if (keccak256(bytes(name)) == keccak256("keccak256")) return HashName.Keccak256;
        return keccak256(bytes(name)) == keccak256("sha256") ? HashName.Sha256 : HashName.Sm3;
    }
}

function placeOf(string memory list, uint256 i, string memory member) pure returns (string memory) {
    return string.concat(".", list, "[", vectorVm.toString(i), "].", member);
}

/// @notice The vectors that the TypeScript tests read too: what one side accepts the other accepts.
contract VectorsTest is Asserts {
    ScopeId private constant SCOPE = ScopeId.wrap(bytes32(uint256(1)));

    InclusionHarness private harness;
    TreeVectors private trees;
    AnchorLog private log;
    string private anchors;

    function setUp() public {
        harness = new InclusionHarness();
        trees = new TreeVectors();
        log = new AnchorLog(
            address(this),
            address(0),
            IDepartmentRegistry(address(0)),
            address(0),
            ISharingAgreements(address(0)),
            IRecordStatus(address(0))
        );
        anchors = vm.readFile("test/vectors/anchors.json");
    }

    function test_leaves() public view {
        bytes32[] memory data = trees.words(".data");
        bytes32[] memory keccak = trees.words(".leaves.keccak256");
        bytes32[] memory sha = trees.words(".leaves.sha256");

        same("leaves", data.length, 65);
        for (uint256 i = 0; i < data.length; ++i) {
            same("keccak256", harness.leafHash(HashName.Keccak256, data[i]), keccak[i]);
            same("sha256", harness.leafHash(HashName.Sha256, data[i]), sha[i]);
        }
    }

    /// @dev Every index of 1 … 20 leaves, and those chosen of 33, 64 and 65.
    function test_proofs() public view {
        bytes32[] memory keccak = trees.words(".leaves.keccak256");
        bytes32[] memory sha = trees.words(".leaves.sha256");

        uint256 verified = 0;
        for (uint256 i = 0; trees.has("cases", i); ++i) {
            TreeVectors.TreeCase memory tree = trees.treeCase(i);
            if (tree.hash == HashName.Sm3) continue;
            verified += _verifyAll(tree, tree.hash == HashName.Keccak256 ? keccak : sha);
        }
        same("proofs", verified, 2 * (210 + 4 + 6 + 6));
    }

    function _verifyAll(TreeVectors.TreeCase memory tree, bytes32[] memory leaves) private view returns (uint256) {
        for (uint256 j = 0; j < tree.indices.length; ++j) {
            bytes32[] memory proof = new bytes32[](tree.offsets[j + 1] - tree.offsets[j]);
            for (uint256 k = 0; k < proof.length; ++k) proof[k] = tree.nodes[tree.offsets[j] + k];
            uint256 index = tree.indices[j];
            same("proof", _verify(tree, leaves[index], index, proof), true);
            same("beside", _verify(tree, leaves[index], index + 1, proof), false);
            same("wrong leaf", _verify(tree, ~leaves[index], index, proof), false);
        }
        return tree.indices.length;
    }

    function _verify(
        TreeVectors.TreeCase memory tree,
        bytes32 leaf,
        uint256 index,
        bytes32[] memory proof
    ) private view returns (bool) {
        return harness.verify(tree.hash, tree.root, leaf, index, tree.count, proof);
    }

    function test_rejects() public view {
        require(_judge("rejects", false) >= 60, "too few rejects");
    }

    /// @dev Each leads to its root: only an anchored count, and a leaf hash made from the record id, keep them out.
    function test_traps() public view {
        same("traps", _judge("traps", true), 4);
    }

    function _judge(string memory list, bool expected) private view returns (uint256 judged) {
        for (uint256 i = 0; trees.has(list, i); ++i) {
            TreeVectors.InclusionCase memory one = trees.inclusionCase(list, i);
            if (!one.solidity) continue;
            bool valid = harness.verify(one.hash, one.root, one.leaf, one.index, one.count, one.nodes);
            same(one.name, valid, expected);
            ++judged;
        }
    }

    function test_sm3CannotBeComputed() public {
        bytes32[] memory proof = new bytes32[](0);

        vm.expectRevert(abi.encodeWithSelector(MerkleInclusion.HashNotComputable.selector, HashName.Sm3));
        harness.verify(HashName.Sm3, 0, 0, 0, 1, proof);
    }

    /// @dev Puts the vector's digest where the log keeps a batch: inclusion holds only if the log packs the same preimage into it.
    function test_anchorDigests() public {
        for (uint256 i = 0; vm.keyExistsJson(anchors, placeOf("batches", i, "first")); ++i) {
            IAnchorLog.Batch memory batch = _batch(i);
            bytes32 digest = vectorVm.parseJsonBytes32(anchors, placeOf("batches", i, "digest"));
            bytes32 recordId = vectorVm.parseJsonBytes32(anchors, placeOf("batches", i, "record"));
            uint256 index = vectorVm.parseJsonUint(anchors, placeOf("batches", i, "index"));
            bytes32[] memory nodes = vectorVm.parseJsonBytes32Array(anchors, placeOf("batches", i, "nodes"));

            _keep(batch.first, digest);
            if (batch.hash == HashName.Sm3) {
                vm.expectRevert(abi.encodeWithSelector(IAnchorLog.HashNameInvalid.selector, uint8(HashName.Sm3)));
                log.verifyInclusion(SCOPE, batch, recordId, index, nodes);
                continue;
            }
            same("included", log.verifyInclusion(SCOPE, batch, recordId, index, nodes), true);
            same("another record", log.verifyInclusion(SCOPE, batch, ~recordId, index, nodes), false);
            _keep(batch.first, ~digest);
            same("another digest", log.verifyInclusion(SCOPE, batch, recordId, index, nodes), false);
        }
    }

    function _batch(uint256 i) private view returns (IAnchorLog.Batch memory) {
        return
            IAnchorLog.Batch({
                department: _uscc("batches", i, "departmentWord"),
                first: uint40(vectorVm.parseJsonUint(anchors, placeOf("batches", i, "first"))),
                count: uint24(vectorVm.parseJsonUint(anchors, placeOf("batches", i, "count"))),
                time: uint40(vectorVm.parseJsonUint(anchors, placeOf("batches", i, "time"))),
                hash: HashName(vectorVm.parseJsonUint(anchors, placeOf("batches", i, "hashNumber"))),
                root: vectorVm.parseJsonBytes32(anchors, placeOf("batches", i, "root"))
            });
    }

    function _keep(uint40 first, bytes32 digest) private {
        vm.record();
        log.batchDigest(SCOPE, first);
        (bytes32[] memory reads, ) = vm.accesses(address(log));
        vectorVm.store(address(log), reads[0], digest);
        same("stored", log.batchDigest(SCOPE, first), digest);
    }

    function test_resources() public view {
        uint256 i = 0;
        for (; vm.keyExistsJson(anchors, placeOf("resources", i, "code")); ++i) {
            string memory code = vm.parseJsonString(anchors, placeOf("resources", i, "code"));
            ResourceId resource = toResourceId(_uscc("resources", i, "providerWord"), code);
            same("resource", ResourceId.unwrap(resource), _word("resources", i, "resource"));
            same("scope", ScopeId.unwrap(resourceScope(resource)), _word("resources", i, "scope"));
        }
        same("resources", i, 6);
    }

    function test_agreements() public view {
        uint256 i = 0;
        for (; vm.keyExistsJson(anchors, placeOf("agreements", i, "agreement")); ++i) {
            AgreementId agreement = toAgreementId(
                _uscc("agreements", i, "consumerWord"),
                ResourceId.wrap(_word("agreements", i, "resource")),
                _word("agreements", i, "document")
            );
            same("agreement", AgreementId.unwrap(agreement), _word("agreements", i, "agreement"));
            same("deliveries", ScopeId.unwrap(deliveriesScope(agreement)), _word("agreements", i, "deliveries"));
            same("receipts", ScopeId.unwrap(receiptsScope(agreement)), _word("agreements", i, "receipts"));
        }
        same("agreements", i, 3);
    }

    function test_journals() public view {
        uint256 i = 0;
        for (; vm.keyExistsJson(anchors, placeOf("journals", i, "scope")); ++i) {
            ScopeId scope = journalScope(_uscc("journals", i, "departmentWord"));
            same("journal", ScopeId.unwrap(scope), _word("journals", i, "scope"));
        }
        same("journals", i, 2);
    }

    function _uscc(string memory list, uint256 i, string memory member) private view returns (Uscc) {
        return Uscc.wrap(bytes18(_word(list, i, member)));
    }

    function _word(string memory list, uint256 i, string memory member) private view returns (bytes32) {
        return vectorVm.parseJsonBytes32(anchors, placeOf(list, i, member));
    }
}
