// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {ScopeId, ScopeKind} from "../types/ScopeId.sol";
import {Uscc} from "../types/Uscc.sol";
import {Continuing} from "./Continuing.sol";
import {IAnchorLog} from "./IAnchorLog.sol";
import {IRecordStatus} from "./IRecordStatus.sol";
import {Retirable} from "./Retirable.sol";
import {STATES_PER_WORD, StatusWord, statusRun, statusWordIndex} from "./StatusWord.sol";

/// @title RecordStatus
/// @notice Reads through: words and their versions, from the moment when the predecessor is retired to this contract. The first change of
/// one of its words here is that word's next version.
contract RecordStatus is IRecordStatus, Continuing {
    uint24 private constant MAXIMUM_RANGE = 1040;
    uint256 private constant VERSIONS = 1 << 16;
    /// @dev Bit n is set when state n is terminal.
    uint256 private constant TERMINAL =
        (1 << uint8(State.Revoked)) |
            (1 << uint8(State.Cancelled)) |
            (1 << uint8(State.Lapsed)) |
            (1 << uint8(State.Withdrawn)) |
            (1 << uint8(State.Superseded));
    uint16 private constant REASON_SUCCESSION = type(uint16).max;

    IDepartmentRegistry private immutable REGISTRY;
    IAnchorLog private immutable ANCHOR_LOG;

    /// @dev Written by the scope's holder, its successor, and the AnchorLog. Invariant: a version is written once, in order, from the predecessor's last on.
    mapping(ScopeId scope => mapping(uint40 index => StatusWord[VERSIONS] word) words) private _words;

    constructor(
        address authority_,
        address predecessor_,
        IDepartmentRegistry registry_,
        IAnchorLog anchorLog_
    ) Retirable(authority_, predecessor_) {
        REGISTRY = registry_;
        ANCHOR_LOG = anchorLog_;
    }

    // ---------------------------------------------------------------- Changing

    /// @inheritdoc IRecordStatus
    function change(
        ScopeId scope,
        uint40 number,
        State state,
        uint16 reason,
        uint40 effectiveFrom,
        uint16 knownVersion
    ) external override whileActive {
        Uscc sender = _requireEntitled(scope, number, 1);
        effectiveFrom = _requireCause(reason, effectiveFrom);

        (uint64 mask, uint256 ones) = statusRun(number, 1);
        uint16 version = _changeWord(scope, number, ones, state, knownVersion);
        emit StatusChanged(scope, statusWordIndex(number), version, mask, state, reason, effectiveFrom, sender);
    }

    /// @inheritdoc IRecordStatus
    function changeRange(
        ScopeId scope,
        uint40 first,
        uint24 count,
        State state,
        uint16 reason,
        uint40 effectiveFrom
    ) external override whileActive {
        require(count > 0, RangeEmpty());
        require(count <= MAXIMUM_RANGE, RangeTooLarge(count));
        Uscc sender = _requireEntitled(scope, first, count);
        effectiveFrom = _requireCause(reason, effectiveFrom);

        uint40 end = first + count;
        while (first < end) {
            uint40 nextWord = (statusWordIndex(first) + 1) * STATES_PER_WORD;
            (uint64 mask, uint256 ones) = statusRun(first, (end < nextWord ? end : nextWord) - first);
            uint16 version = _changeWord(scope, first, ones, state, 0);
            emit StatusChanged(scope, statusWordIndex(first), version, mask, state, reason, effectiveFrom, sender);
            first = nextWord;
        }
    }

    /// @inheritdoc IRecordStatus
    function supersede(ScopeId scope, uint40[] calldata numbers, Uscc by) external override whileActive {
        require(msg.sender == address(ANCHOR_LOG), SenderNotAnchorLog(msg.sender));
        require(numbers.length > 0, RangeEmpty());
        (, uint40 next) = _requireResource(scope);

        // Numbers of one word that stand beside each other in the list share one version and one event.
        uint40 first = numbers[0];
        uint64 mask = 0;
        uint256 ones = 0;
        for (uint256 i = 0; i < numbers.length; i++) {
            uint40 number = numbers[i];
            require(number < next, NumberNotAnchored(scope, number, next));
            if (statusWordIndex(number) != statusWordIndex(first)) {
                _supersedeIn(scope, first, mask, ones, by);
                (first, mask, ones) = (number, 0, 0);
            }
            (uint64 bit, uint256 one) = statusRun(number, 1);
            require(mask & bit == 0, StatusTerminal(scope, number, State.Superseded));
            mask |= bit;
            ones |= one;
        }
        _supersedeIn(scope, first, mask, ones, by);
    }

    // ----------------------------------------------------------------- Reading

    /// @inheritdoc IRecordStatus
    function stateOf(ScopeId scope, uint40 number) external view override returns (State) {
        return State(_newest(_words[scope][statusWordIndex(number)], scope, number, 0).codeIn(number));
    }

    /// @inheritdoc IRecordStatus
    function stateAt(ScopeId scope, uint40 number, uint64 time) external view override returns (State) {
        uint40 index = statusWordIndex(number);
        StatusWord newest = _newest(_words[scope][index], scope, number, 0);
        if (newest.timeOf() <= time) return State(newest.codeIn(number));

        // Invariant: version `low` has time ≤ `time` (version 0 always has), version `high` is later.
        uint16 low = 0;
        uint16 high = newest.versionOf();
        while (high - low > 1) {
            uint16 middle = low + (high - low) / 2;
            if (_version(scope, index, middle).timeOf() <= time) low = middle;
            else high = middle;
        }
        return State(_version(scope, index, low).codeIn(number));
    }

    /// @inheritdoc IRecordStatus
    function word(ScopeId scope, uint40 index) external view override returns (uint256) {
        return StatusWord.unwrap(_newest(_words[scope][index], scope, index * STATES_PER_WORD, 0));
    }

    /// @inheritdoc IRecordStatus
    function wordVersion(ScopeId scope, uint40 index, uint16 version) external view override returns (uint256) {
        return StatusWord.unwrap(_version(scope, index, version));
    }

    // ---------------------------------------------------------------- Internal

    /// @dev The sender's department, which holds the scope or succeeds its dissolved holder. All `count` records from `first` are anchored.
    function _requireEntitled(ScopeId scope, uint40 first, uint24 count) private view returns (Uscc sender) {
        (Uscc holder, uint40 next) = _requireResource(scope);
        sender = REGISTRY.departmentOf(msg.sender);
        if (sender != holder) _requireSuccessor(scope, holder, sender);
        // Invariant: 40 and 24 bits cannot wrap 256.
        unchecked {
            require(uint256(first) + count <= next, NumberNotAnchored(scope, first > next ? first : next, next));
        }
    }

    function _requireResource(ScopeId scope) private view returns (Uscc holder, uint40 next) {
        _requireInheritance();
        ScopeKind kind;
        (holder, next, kind) = ANCHOR_LOG.head(scope);
        require(kind == ScopeKind.Resource, ScopeNotResource(scope));
    }

    function _requireSuccessor(ScopeId scope, Uscc holder, Uscc sender) private view {
        require(!sender.isZero(), SenderNotEntitled(msg.sender, scope));
        IDepartmentRegistry.Department memory dissolved = REGISTRY.department(holder);
        require(
            dissolved.status == IDepartmentRegistry.Status.Dissolved && dissolved.successor == sender,
            SenderNotEntitled(msg.sender, scope)
        );
    }

    /// @return The time from which the change is effective.
    function _requireCause(uint16 reason, uint40 effectiveFrom) private view returns (uint40) {
        require(reason != 0, ReasonMissing());
        require(effectiveFrom <= block.timestamp, EffectiveInFuture(effectiveFrom, uint40(block.timestamp)));
        return effectiveFrom == 0 ? uint40(block.timestamp) : effectiveFrom;
    }

    function _supersedeIn(ScopeId scope, uint40 first, uint64 mask, uint256 ones, Uscc by) private {
        uint16 version = _changeWord(scope, first, ones, State.Superseded, 0);
        uint40 time = uint40(block.timestamp);
        emit StatusChanged(scope, statusWordIndex(first), version, mask, State.Superseded, REASON_SUCCESSION, time, by);
    }

    /// @dev Writes the next version of the word of record `first`, in which the records of `ones`, one of them `first`, are in `state`.
    function _changeWord(
        ScopeId scope,
        uint40 first,
        uint256 ones,
        State state,
        uint16 knownVersion
    ) private returns (uint16 version) {
        StatusWord[VERSIONS] storage versions = _words[scope][statusWordIndex(first)];
        StatusWord newest = _newest(versions, scope, first, knownVersion);
        _requireChangeable(newest, scope, first, ones, uint8(state));
        // Invariant: versions are dense from 1, so only the one after the last wraps, to 0.
        unchecked {
            version = newest.versionOf() + 1;
        }
        require(version != 0, VersionsExhausted(scope, statusWordIndex(first)));
        // Four bytes of time last until 2106; a successor must have taken over by then.
        assert(block.timestamp <= type(uint32).max);

        versions[version] = newest.withCode(ones, uint8(state), version, uint32(block.timestamp));
    }

    /// @dev Looks at each record only when there are several and they are not all in the state of the first.
    function _requireChangeable(StatusWord newest, ScopeId scope, uint40 first, uint256 ones, uint256 to) private pure {
        uint256 from = newest.codeIn(first);
        // Invariant: `first` is one of `ones`, so `ones` is not zero.
        unchecked {
            if (ones & (ones - 1) == 0 || newest.areAll(ones, from)) return _requireTransition(scope, first, from, to);
        }

        uint40 number = statusWordIndex(first) * STATES_PER_WORD;
        for (uint256 rest = ones; rest != 0; rest >>= 4) {
            if (rest & 1 == 1) _requireTransition(scope, number, newest.codeIn(number), to);
            number++;
        }
    }

    function _requireTransition(ScopeId scope, uint40 number, uint256 from, uint256 to) private pure {
        require((TERMINAL >> from) & 1 == 0, StatusTerminal(scope, number, State(from)));
        require(from != to, StatusUnchanged(scope, number, State(from)));
    }

    /// @dev The newest version of the word of `number`, found by doubling steps from a version that is known, or else from the
    /// predecessor's last, and then halving: two reads where the newest is known, or the word was changed at most once here.
    function _newest(
        StatusWord[VERSIONS] storage versions,
        ScopeId scope,
        uint40 number,
        uint16 knownVersion
    ) private view returns (StatusWord newest) {
        if (knownVersion != 0) newest = versions[knownVersion];
        if (newest.isZero() && _inherits()) {
            newest = StatusWord.wrap(IRecordStatus(predecessor()).word(scope, statusWordIndex(number)));
        }
        uint256 last = newest.versionOf();
        uint256 low = last;
        uint256 high = last + 1;
        // Invariants: version `low` is `newest`; after the first loop version `high` is not written;
        // last ≤ low < high < 2 · VERSIONS, so that nothing can wrap.
        unchecked {
            while (high < VERSIONS) {
                StatusWord found = versions[high];
                if (found.isZero()) break;
                (low, newest) = (high, found);
                high += high - last;
            }
            if (high > VERSIONS) high = VERSIONS;
            while (high - low > 1) {
                uint256 middle = (low + high) / 2;
                StatusWord found = versions[middle];
                if (found.isZero()) high = middle;
                else (low, newest) = (middle, found);
            }
        }
    }

    function _version(ScopeId scope, uint40 index, uint16 version) private view returns (StatusWord) {
        StatusWord own = _words[scope][index][version];
        if (!own.isZero() || !_inherits()) return own;
        return StatusWord.wrap(IRecordStatus(predecessor()).wordVersion(scope, index, version));
    }
}
