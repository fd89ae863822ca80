// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IResourceCatalogue} from "../../../../contracts/catalogue/IResourceCatalogue.sol";
import {ResourceCatalogue} from "../../../../contracts/catalogue/ResourceCatalogue.sol";
import {WorkingCalendar} from "../../../../contracts/catalogue/WorkingCalendar.sol";
import {DepartmentRegistry} from "../../../../contracts/identity/DepartmentRegistry.sol";
import {IDepartmentRegistry} from "../../../../contracts/identity/IDepartmentRegistry.sol";
import {AnchorLog} from "../../../../contracts/ledger/AnchorLog.sol";
import {RecordStatus} from "../../../../contracts/ledger/RecordStatus.sol";
import {SharingAgreements} from "../../../../contracts/sharing/SharingAgreements.sol";
import {ResourceId} from "../../../../contracts/types/ResourceId.sol";
import {Uscc} from "../../../../contracts/types/Uscc.sol";
import {Asserts} from "./Asserts.sol";
import {vm} from "./Vm.sol";

/// @notice The whole ledger without its Directory, an authority and three departments of one city. This test contract is the AccessManager's admin.
abstract contract LedgerFixture is Asserts {
    /// @dev Region 990100 is assigned to no place.
    uint32 internal constant REGION = 990_100;
    /// @dev 2025-09-01T09:00:00+08:00, a Monday.
    uint64 internal constant START = 1_756_688_400;
    uint64 internal constant NO_END = type(uint64).max;

    Uscc internal constant AUTHORITY = Uscc.wrap("11990100990100018P");
    Uscc internal constant PROVIDER = Uscc.wrap("11990100990100026J");
    Uscc internal constant CONSUMER = Uscc.wrap("11990100990100034D");
    Uscc internal constant OTHER = Uscc.wrap("119901009901000428");
    /// @dev Valid, never admitted by the fixture.
    Uscc internal constant STRANGER = Uscc.wrap("119901009901000503");

    address internal constant AUTHORITY_ACCOUNT = address(0xa1);
    address internal constant PROVIDER_ACCOUNT = address(0xb1);
    address internal constant CONSUMER_ACCOUNT = address(0xc1);
    address internal constant OTHER_ACCOUNT = address(0xd1);
    address internal constant NOBODY = address(0xe1);

    AccessManager internal manager;
    DepartmentRegistry internal registry;
    WorkingCalendar internal calendar;
    ResourceCatalogue internal catalogue;
    SharingAgreements internal agreements;
    AnchorLog internal anchorLog;
    RecordStatus internal recordStatus;

    function setUp() public virtual {
        vm.warp(START);
        manager = new AccessManager(address(this));
        uint64 next = vm.getNonce(address(this));
        registry = new DepartmentRegistry(address(manager), address(0));
        calendar = new WorkingCalendar(address(manager), address(0));
        AnchorLog log = AnchorLog(vm.computeCreateAddress(address(this), next + 4));
        catalogue = new ResourceCatalogue(address(manager), address(0), registry, log);
        agreements = new SharingAgreements(address(manager), address(0), registry, catalogue, calendar, log);
        RecordStatus status = RecordStatus(vm.computeCreateAddress(address(this), next + 5));
        anchorLog = new AnchorLog(address(manager), address(0), registry, address(catalogue), agreements, status);
        recordStatus = new RecordStatus(address(manager), address(0), registry, anchorLog);
        same("anchor log", address(anchorLog), address(log));
        same("record status", address(recordStatus), address(status));

        registry.admit(admission(AUTHORITY, IDepartmentRegistry.Role.Authority, AUTHORITY_ACCOUNT));
        registry.admit(admission(PROVIDER, IDepartmentRegistry.Role.Department, PROVIDER_ACCOUNT));
        registry.admit(admission(CONSUMER, IDepartmentRegistry.Role.Department, CONSUMER_ACCOUNT));
        registry.admit(admission(OTHER, IDepartmentRegistry.Role.Department, OTHER_ACCOUNT));
    }

    function admission(
        Uscc id,
        IDepartmentRegistry.Role role,
        address account
    ) internal pure returns (IDepartmentRegistry.Admission memory) {
        return
            IDepartmentRegistry.Admission({
                id: id,
                role: role,
                level: IDepartmentRegistry.Level.City,
                region: REGION,
                parent: Uscc.wrap(0),
                name: "department",
                endpoint: "https://node.example",
                account: account,
                exchangeKey: keccak256(abi.encode(account))
            });
    }

    function someTerms() internal pure returns (IResourceCatalogue.Terms memory) {
        return
            IResourceCatalogue.Terms({
                shareClass: IResourceCatalogue.ShareClass.Conditional,
                level: 2,
                personal: false,
                schema: keccak256("schema"),
                metadata: keccak256("metadata"),
                legalBasis: 0,
                updateCycleDays: 1,
                retentionDays: 3650
            });
    }

    /// @notice A resource of PROVIDER, proposed, approved and published.
    function publishedResource(string memory code) internal returns (ResourceId id) {
        uint32 version;
        vm.prank(PROVIDER_ACCOUNT);
        (id, version) = catalogue.propose(code, "resource", someTerms());
        vm.prank(AUTHORITY_ACCOUNT);
        catalogue.review(id, version, true, 0);
        vm.prank(PROVIDER_ACCOUNT);
        catalogue.publish(id, version);
    }
}
