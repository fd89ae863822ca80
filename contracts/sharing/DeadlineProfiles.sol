// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Continuing} from "../ledger/Continuing.sol";
import {ISharingAgreements} from "./ISharingAgreements.sol";

/// @title DeadlineProfiles: the periods of the statutory clock, versioned
abstract contract DeadlineProfiles is Continuing, ISharingAgreements {
    /// @dev What the WorkingCalendar counts at most.
    uint16 private constant LONGEST_PERIOD = 250;

    /// @dev Appended to only; versions continue the predecessor's. Invariant: `effectiveFrom` never decreases.
    Profile[] private _profiles;

    /// @dev A first ledger starts with the periods of 政务数据共享条例 (State Council decree 809); the settlement period is this ledger's own.
    constructor() {
        if (predecessor() != address(0)) return;
        _append(
            Profile({
                replyUnconditional: 1,
                replyConditional: 10,
                supply: 20,
                settlement: 5,
                effectiveFrom: uint64(block.timestamp),
                source: keccak256("suyuan/profile/default/1")
            })
        );
    }

    /// @inheritdoc ISharingAgreements
    function appendProfile(
        Profile calldata profile_
    ) external override restricted whileActive returns (uint32 version) {
        _requireInheritance();
        uint32 count = profileCount();
        require(
            _isPeriod(profile_.replyUnconditional) &&
                _isPeriod(profile_.replyConditional) &&
                _isPeriod(profile_.supply) &&
                _isPeriod(profile_.settlement) &&
                profile_.effectiveFrom >= block.timestamp &&
                profile_.effectiveFrom >= profile(count).effectiveFrom &&
                count < type(uint16).max,
            ProfileInvalid()
        );

        return _append(profile_);
    }

    /// @inheritdoc ISharingAgreements
    function profile(uint32 version) public view override returns (Profile memory) {
        uint32 before = _previousProfileCount();
        if (version > 0 && version <= before) return ISharingAgreements(predecessor()).profile(version);
        require(version > before && version - before <= _profiles.length, ProfileUnknown(version));
        return _profiles[version - before - 1];
    }

    /// @inheritdoc ISharingAgreements
    function profileCount() public view override returns (uint32) {
        return _previousProfileCount() + uint32(_profiles.length);
    }

    /// @dev The version in effect: the newest whose `effectiveFrom` is not later than now. The first one always is.
    function _currentProfile() internal view returns (uint32 version) {
        version = profileCount();
        while (profile(version).effectiveFrom > block.timestamp) version--;
    }

    function _append(Profile memory profile_) private returns (uint32 version) {
        _profiles.push(profile_);
        version = profileCount();

        emit ProfileAppended(version, profile_);
    }

    function _previousProfileCount() private view returns (uint32) {
        return _inherits() ? ISharingAgreements(predecessor()).profileCount() : 0;
    }

    function _isPeriod(uint16 workingDays) private pure returns (bool) {
        return workingDays > 0 && workingDays <= LONGEST_PERIOD;
    }
}
