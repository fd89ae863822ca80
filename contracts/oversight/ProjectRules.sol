// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Continuing} from "../ledger/Continuing.sol";
import {IProjectLedger} from "./IProjectLedger.sol";

/// @title ProjectRules: the limits that the law sets, versioned, and the articles they come from
abstract contract ProjectRules is Continuing, IProjectLedger {
    uint16 private constant WHOLE = 10_000;
    uint256 private constant ARTICLE_BITS = 12;
    /// @dev Two bytes for each Rule: law (4 bits) ‖ article (12 bits).
    bytes private constant ARTICLES =
        hex"0000" // None
        hex"1009" // StageSkipped
        hex"100c" // EstimateExceeded
        hex"100c" // EstimateExceededReported
        hex"1011" // PlanUnapproved
        hex"1014" // StartConditionsMissing
        hex"1015" // ChangeUnapproved
        hex"1017" // TotalExceeded
        hex"1018" // TimeOverrun
        hex"1019" // FinalAccountBeforeAcceptance
        hex"101b" // FiledLate
        hex"2018" // TenderPeriodShort
        hex"201c" // TooFewBidders
        hex"202e" // ContractLate
        hex"202f" // ResultFiledLate
        hex"3010" // SalePeriodShort
        hex"301a" // BidBondHigh
        hex"3036" // CandidatesPublishedLate
        hex"3036" // CandidatesPublishedShort
        hex"3039" // ContractDiffersFromAward
        hex"303a" // PerformanceBondHigh
        hex"0000" // PaymentAboveContract
        hex"0000" // PaymentAheadOfProgress
        hex"2017" // ClarificationLate
        hex"3016" // ObjectionLate
        hex"3016" // ObjectionOpen
        hex"3016" // ObjectionAnsweredLate
        hex"3039"; // BondsReturnedLate

    /// @dev What the predecessor had when this contract was made: versions continue from there, so its last rules come before the successor.
    uint32 private immutable VERSIONS_BEFORE;
    /// @dev Appended to only. Invariant: `effectiveFrom` never decreases; the first of these is in effect since the deployment.
    Rules[] private _rules;

    constructor(Rules memory first) {
        VERSIONS_BEFORE = predecessor() == address(0) ? 0 : _predecessor().rulesCount();
        first.effectiveFrom = uint64(block.timestamp);
        _requireSound(first);
        _append(first);
    }

    /// @inheritdoc IProjectLedger
    function appendRules(Rules calldata rules_) external override restricted whileActive returns (uint32 version) {
        require(
            rules_.effectiveFrom >= block.timestamp && rules_.effectiveFrom >= _rules[_rules.length - 1].effectiveFrom,
            RulesInvalid()
        );
        _requireSound(rules_);

        return _append(rules_);
    }

    /// @inheritdoc IProjectLedger
    function rules(uint32 version) external view override returns (Rules memory) {
        if (version > 0 && version <= VERSIONS_BEFORE) _answerAsPredecessor();
        require(version > 0 && version <= rulesCount(), RulesUnknown(version));
        return _rules[version - VERSIONS_BEFORE - 1];
    }

    /// @inheritdoc IProjectLedger
    function rulesCount() public view override returns (uint32) {
        return VERSIONS_BEFORE + uint32(_rules.length);
    }

    /// @inheritdoc IProjectLedger
    function articleOf(Rule rule) public pure override returns (Law law, uint16 article) {
        uint256 i = uint256(rule) * 2;
        uint16 packed = (uint16(uint8(ARTICLES[i])) << 8) | uint8(ARTICLES[i + 1]);
        return (Law(packed >> ARTICLE_BITS), packed & uint16((1 << ARTICLE_BITS) - 1));
    }

    /// @dev The version in effect: the newest whose `effectiveFrom` is not later than now. The first one always is.
    function _currentRules() internal view returns (Rules storage) {
        uint256 i = _rules.length - 1;
        while (_rules[i].effectiveFrom > block.timestamp) i--;
        return _rules[i];
    }

    function _predecessor() internal view returns (IProjectLedger) {
        return IProjectLedger(predecessor());
    }

    /// @dev Ends the call with the predecessor's answer to it, revert included. Only for external views of IProjectLedger: caller and predecessor
    /// then agree on selector and types, and nothing of this contract's state is in question.
    function _answerAsPredecessor() internal view {
        (bool isAnswered, bytes memory answer) = predecessor().staticcall(msg.data);
        assembly ("memory-safe") {
            if isAnswered {
                return(add(answer, 32), mload(answer))
            }
            revert(add(answer, 32), mload(answer))
        }
    }

    function _append(Rules memory rules_) private returns (uint32 version) {
        _rules.push(rules_);
        version = rulesCount();

        emit RulesAppended(version, rules_);
    }

    function _requireSound(Rules memory rules_) private pure {
        require(
            rules_.digest != 0 &&
                rules_.minimumBidders > 0 &&
                rules_.bidBond <= WHOLE &&
                rules_.performanceBond <= WHOLE,
            RulesInvalid()
        );
    }
}
