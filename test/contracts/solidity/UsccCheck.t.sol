// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {UsccCheck} from "../../../contracts/identity/UsccCheck.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {Asserts} from "./support/Asserts.sol";
import {vm} from "./support/Vm.sol";

contract UsccCheckTest is Asserts {
    bytes private constant ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// @dev The vectors also name faults that the chain does not look for (division, organisation code).
    function test_isValid_AgreesWithTheVectors() public view {
        string memory json = vm.readFile("test/vectors/identifiers.json");
        uint256 count = 0;
        for (; vm.keyExistsJson(json, path(count, ".text")); ++count) {
            bytes memory text = bytes(vm.parseJsonString(json, path(count, ".text")));
            bool valid = text.length == 18 && !hasFault(json, count);
            same(string(text), UsccCheck.isValid(Uscc.wrap(bytes18(text))), valid);
        }
        same("vectors read", count > 10, true);
    }

    function test_isValid_WhenOneCharacterChanges() public pure {
        bytes memory code = "91990100YYABCDEF27";
        for (uint256 i = 0; i < 18; ++i) {
            bytes1 original = code[i];
            for (uint256 j = 0; j < ALPHABET.length; ++j) {
                code[i] = ALPHABET[j];
                same(string(code), UsccCheck.isValid(Uscc.wrap(bytes18(code))), ALPHABET[j] == original);
            }
            code[i] = original;
        }
    }

    function test_isValid_WhenACharacterIsOutsideTheAlphabet() public pure {
        bytes memory code = "91990100YYABCDEF27";
        for (uint256 c = 0; c < 256; ++c) {
            if (isInAlphabet(bytes1(uint8(c)))) continue;
            code[4] = bytes1(uint8(c));
            same("inside", UsccCheck.isValid(Uscc.wrap(bytes18(code))), false);
            code[4] = "0";
            code[17] = bytes1(uint8(c));
            same("check character", UsccCheck.isValid(Uscc.wrap(bytes18(code))), false);
            code[17] = "7";
        }
        same("untouched", UsccCheck.isValid(Uscc.wrap(bytes18(code))), true);
        same("zero", UsccCheck.isValid(Uscc.wrap(0)), false);
    }

    function hasFault(string memory json, uint256 index) private view returns (bool) {
        for (uint256 e = 0; vm.keyExistsJson(json, faultPath(index, e)); ++e) {
            bytes32 code = keccak256(bytes(vm.parseJsonString(json, faultPath(index, e))));
            if (code == keccak256("uscc.check") || code == keccak256("uscc.character")) return true;
        }
        return false;
    }

    function isInAlphabet(bytes1 c) private pure returns (bool) {
        for (uint256 i = 0; i < ALPHABET.length; ++i) if (ALPHABET[i] == c) return true;
        return false;
    }

    function faultPath(uint256 index, uint256 fault) private pure returns (string memory) {
        return path(index, string.concat(".errors[", decimal(fault), "].code"));
    }

    function path(uint256 index, string memory rest) private pure returns (string memory) {
        return string.concat(".usccs[", decimal(index), "]", rest);
    }

    function decimal(uint256 n) private pure returns (string memory) {
        bytes memory digit = new bytes(1);
        digit[0] = bytes1(uint8(48 + (n % 10)));
        return n < 10 ? string(digit) : string.concat(decimal(n / 10), string(digit));
    }
}
