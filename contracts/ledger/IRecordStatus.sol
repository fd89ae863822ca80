// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ScopeId} from "../types/ScopeId.sol";
import {Uscc} from "../types/Uscc.sol";

/// @title RecordStatus: the state of each record, by scope and number
/// @notice 52 four-bit states to a word, beside the time (32 bits, seconds) and version (16 bits) of the word's last change:
/// word = version (16, most significant) ‖ time (32) ‖ states (208; the state of number n is bits 4·(n mod 52) … +3).
/// Each change of a word appends its next version; a version is written once, so the past is never overwritten. Effective times and
/// reasons are in the events, one per word and version, so a missing event shows.
interface IRecordStatus {
    enum State {
        Active,
        Suspended, // 暂扣
        Revoked, // 撤销
        Cancelled, // 注销
        Lapsed, // 失效
        Transferred, // 办理转出
        Withdrawn, // 吊销
        Superseded, // 已被取代
        Other // 其他
    }

    /// @notice One event per changed word. `mask` has bit i set when number 52·word + i changed to `state`.
    event StatusChanged(
        ScopeId indexed scope,
        uint40 indexed word,
        uint16 indexed version,
        uint64 mask,
        State state,
        uint16 reason,
        uint40 effectiveFrom,
        Uscc by
    );

    error ScopeNotResource(ScopeId scope);
    error SenderNotEntitled(address sender, ScopeId scope);
    /// @notice Thrown when a number has not been anchored yet.
    error NumberNotAnchored(ScopeId scope, uint40 number, uint40 next);
    /// @notice Thrown when a record is in a terminal state (revoked, cancelled, lapsed, withdrawn, superseded).
    error StatusTerminal(ScopeId scope, uint40 number, State state);
    error StatusUnchanged(ScopeId scope, uint40 number, State state);
    error EffectiveInFuture(uint40 effectiveFrom, uint40 time);
    error RangeEmpty();
    /// @notice Thrown when a range has more than 1,040 numbers (20 words).
    error RangeTooLarge(uint256 count);
    error ReasonMissing();
    error VersionsExhausted(ScopeId scope, uint40 word);
    error SenderNotAnchorLog(address sender);

    /// @notice Changes one record. Only the holder of the scope, or the successor of a dissolved holder. Cannot change a terminal state, a number not anchored, nor the past.
    /// Active is reached from Suspended (发还), Transferred (取消转出) and Other only: every other state is terminal. `effectiveFrom` 0 stands for the block's time; it is kept in the event;
    /// a reader treats Revoked (撤销) as void from issuance whatever it says, Withdrawn (吊销) as ended from then.
    /// @param knownVersion The newest version of the word that the sender has seen, or 0. A true one makes every change cost the same;
    /// any other costs gas, never correctness.
    function change(
        ScopeId scope,
        uint40 number,
        State state,
        uint16 reason,
        uint40 effectiveFrom,
        uint16 knownVersion
    ) external;

    /// @notice Changes `count` neighbouring records. All or none.
    function changeRange(
        ScopeId scope,
        uint40 first,
        uint24 count,
        State state,
        uint16 reason,
        uint40 effectiveFrom
    ) external;

    /// @notice Marks records superseded, effective at the block's time with reason 65535 (succession). Only the AnchorLog, while it anchors their successors.
    function supersede(ScopeId scope, uint40[] calldata numbers, Uscc by) external;

    function stateOf(ScopeId scope, uint40 number) external view returns (State);

    /// @notice The state after the last block with time ≤ `time`.
    function stateAt(ScopeId scope, uint40 number, uint64 time) external view returns (State);

    /// @notice The current word.
    function word(ScopeId scope, uint40 index) external view returns (uint256);

    /// @notice The word as it was at `version`; version 0, and a version not reached yet, is the zero word.
    function wordVersion(ScopeId scope, uint40 index, uint16 version) external view returns (uint256);
}
