// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProjectId} from "../types/ProjectId.sol";
import {Uscc} from "../types/Uscc.sol";
import {ITenderNotices} from "./ITenderNotices.sol";

/// @title SealedBids: bids that nobody can read before the deadline (密封投标)
/// @notice A bidder hands in a commitment before the deadline of the tender and opens it after. Nobody learns amount or bidder before,
/// nobody can hand in, change or take back a bid after, and who opens something else is refused.
/// @notice What it cannot do. It does not prove that the bidder named sealed the bid: the signature on the bid document does. A bidder may
/// seal several bids and open one, or none: how many stay closed is public, and each of them costs whoever is behind it the bid bond.
/// Warning: amounts are guessed easily; a commitment hides them only behind a salt of 32 random bytes.
interface ISealedBids is ITenderNotices {
    /// @notice The sealed tender of one lot. Bids are sealed until the deadline of the lot and opened in [deadline, openUntil), neither while an objection to the tender is open.
    struct Round {
        uint40 deadline;
        uint40 openUntil;
        uint32 sealedCount;
        uint32 openedCount;
    }

    /// @notice Empty after `relay` until it is opened.
    struct Bid {
        bytes32 commitment;
        uint40 sealedAt;
        Uscc relay;
        uint40 openedAt;
        uint64 amount;
        Uscc bidder;
        bytes32 document;
    }

    event RoundAnnounced(
        ProjectId indexed id,
        uint32 indexed lot,
        uint64 deadline,
        uint64 openUntil,
        Document document
    );
    event BidSealed(ProjectId indexed id, uint32 indexed lot, uint32 number, bytes32 indexed commitment, Uscc relay);
    event BidOpened(
        ProjectId indexed id,
        uint32 indexed lot,
        uint32 number,
        Uscc indexed bidder,
        uint64 amount,
        bytes32 document
    );

    /// @notice Thrown when the lot is not open for bids, or its round was announced before.
    error RoundNotPossible(ProjectId id, uint32 lot);
    error RoundUnknown(ProjectId id, uint32 lot);
    /// @notice Thrown when the time to open is shorter than an hour after the deadline.
    error OpeningTooShort(uint64 deadline, uint64 openUntil);
    /// @notice Thrown when a bid is sealed at or after the deadline.
    error TenderClosed(uint64 deadline);
    /// @notice Thrown when a bid is opened before the deadline.
    error OpenedTooEarly(uint64 deadline);
    /// @notice Thrown when a bid is opened when the time to open is over.
    error OpenedTooLate(uint64 openUntil);
    error CommitmentMissing();
    error CommitmentKnown(bytes32 commitment);
    error BidUnknown(ProjectId id, uint32 lot, uint32 number);
    error BidAlreadyOpened(ProjectId id, uint32 lot, uint32 number);
    /// @notice Thrown when what is opened is not what was sealed.
    error CommitmentDiffers(bytes32 commitment, bytes32 opened);

    /// @notice Says that the bids for a lot are sealed, and until when they are opened. Only the owner, before the deadline. The deadline is that of the lot, and moves only with its notices.
    function announceRound(ProjectId id, uint32 lot, uint64 openUntil, Document calldata document) external;

    /// @notice Hands in a sealed bid, before the deadline. Any active department, for whichever bidder: a bidder chooses whom to trust with it,
    /// and sees at once that it is here. Numbers begin at 1.
    function seal(ProjectId id, uint32 lot, bytes32 commitment) external returns (uint32 number);

    /// @notice Opens a bid, in [deadline, openUntil). Anyone who knows what was sealed.
    /// @param document SHA-256 of the signed bid document.
    function open(
        ProjectId id,
        uint32 lot,
        uint32 number,
        Uscc bidder,
        uint64 amount,
        bytes32 document,
        bytes32 salt
    ) external;

    function round(ProjectId id, uint32 lot) external view returns (Round memory);

    /// @param number From 1.
    function bid(ProjectId id, uint32 lot, uint32 number) external view returns (Bid memory);

    /// @notice The number of a sealed bid; 0 when there is none.
    function numberOf(ProjectId id, uint32 lot, bytes32 commitment) external view returns (uint32);

    /// @notice What is handed in for a bid.
    function commitmentOf(
        ProjectId id,
        uint32 lot,
        Uscc bidder,
        uint64 amount,
        bytes32 document,
        bytes32 salt
    ) external pure returns (bytes32);
}
