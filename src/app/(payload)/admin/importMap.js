import { CurrentPassword as CurrentPassword_6800b2c48e2573a4d6efbf05cd630c93 } from '../../../../src/admin/CurrentPassword'
import { TimeCell as TimeCell_23f589bc9402b3a2edc5cc628e15d0ae } from '../../../../src/admin/TimeCell'
import { TimeField as TimeField_0bae24a72330f744a50b6ee7fc9fa6d6 } from '../../../../src/admin/TimeField'
import { UserLinks as UserLinks_78aacc0d728e7293e6466fed283bd4c9 } from '../../../../src/admin/UserLinks'
import { UserOverview as UserOverview_df5c4205772212b44002ccc3f1c7412d } from '../../../../src/admin/user/UserOverview'
import { HubList as HubList_0c7bf22537722091a3061c7e61c726f7 } from '../../../../src/admin/list/HubList'
import { SaveApiKey as SaveApiKey_c99d3ce72082fedadd347a386d7613ba } from '../../../../src/admin/SaveApiKey'
import { JsonField as JsonField_defd8db80966f10159aa190a170acbe8 } from '../../../../src/admin/JsonField'
import { KeyField as KeyField_e95cd66ae169996fd0a13e9a1f272b06 } from '../../../../src/admin/KeyField'
import { ToolTry as ToolTry_610e8614b3de550cc0f007ac227fc832 } from '../../../../src/admin/tools/ToolTry'
import { ToolWays as ToolWays_1ffd88aa1009e38f55ff6571eaf13ff9 } from '../../../../src/admin/tools/ToolWays'
import { ToolHealth as ToolHealth_57ea2c7f77a4df2c0e94cfafa4b1354c } from '../../../../src/admin/tools/ToolHealth'
import { McpImport as McpImport_ba42b50adcd7eceac7f4fb0c5f10916c } from '../../../../src/admin/tools/McpImport'
import { WhatIf as WhatIf_4992cda876f9ef6eb95f21834320a33b } from '../../../../src/admin/plans/WhatIf'
import { ClosedPlans as ClosedPlans_8d94789197fc3ffc85398a82ad64fb75 } from '../../../../src/admin/plans/ClosedPlans'
import { PlanWays as PlanWays_f6fff3473e9e7abc667c1d650baa2609 } from '../../../../src/admin/tools/PlanWays'
import { Provenance as Provenance_330df021d479c6c9343bc00a2b133617 } from '../../../../src/admin/usage/Provenance'
import { UserCell as UserCell_14aa6e9ad7583a0fbbda3412d53e407e } from '../../../../src/admin/UserCell'
import { UsagePresets as UsagePresets_b2a92b57f1c63405050bd8e00cf6e456 } from '../../../../src/admin/usage/UsagePresets'
import { ExportCsv as ExportCsv_b9a1baf88b61eba0ddd824c5380eefa0 } from '../../../../src/admin/ExportCsv'
import { Figures as Figures_2031334fa26ad77c1296d17952403ae5 } from '../../../../src/admin/Figures'
import { Deliveries as Deliveries_efe858a8875e9ced7d6a4cd50c42003e } from '../../../../src/admin/Deliveries'
import { ActorCell as ActorCell_447322834675df21bcbd9d77eef64d83 } from '../../../../src/admin/ActorCell'
import { ChangesCell as ChangesCell_6ba64135d9cd4f92d61ac372ed098605 } from '../../../../src/admin/Changes'
import { Changes as Changes_6ba64135d9cd4f92d61ac372ed098605 } from '../../../../src/admin/Changes'
import { SecretField as SecretField_72d6c4d80043148ae81b35aa693d8094 } from '../../../../src/admin/SecretField'
import { HubIcon as HubIcon_8fcfb42c8f878d7e1a243114a475ab87 } from '../../../../src/admin/HubLogo'
import { HubLogo as HubLogo_8fcfb42c8f878d7e1a243114a475ab87 } from '../../../../src/admin/HubLogo'
import { ActiveUsers as ActiveUsers_059e769a08ac79b4cd83a793332288f3 } from '../../../../src/admin/views/ActiveUsers'
import { PlanFillView as PlanFillView_5a16403328f2d0e95e75e4541e0d3843 } from '../../../../src/admin/views/PlanFill'
import { LedgerChecks as LedgerChecks_09bf96234dca0b7b9abcc9f6048a6dc2 } from '../../../../src/admin/views/LedgerChecks'
import { RangePicker as RangePicker_19180525bcbf0b6e68cbbbe24ac0e414 } from '../../../../src/admin/dashboard/RangePicker'
import { Figures as Figures_7ceb8c0d647598a0515d1770456b3f3d } from '../../../../src/admin/dashboard/Figures'
import { TokensChart as TokensChart_122d92f5bce2ce73195bf7b2512e865b } from '../../../../src/admin/dashboard/UsageCharts'
import { CallsChart as CallsChart_122d92f5bce2ce73195bf7b2512e865b } from '../../../../src/admin/dashboard/UsageCharts'
import { Plans as Plans_d5d6d3b8a6102dbcf94083d3ec0ee9e2 } from '../../../../src/admin/dashboard/Plans'
import { FailingTools as FailingTools_717988eb569656b855ea4795439091cc } from '../../../../src/admin/dashboard/FailingTools'
import { TopTools as TopTools_ef66e2732ac3d1d82c8686ca589a4b4e } from '../../../../src/admin/dashboard/TopTools'
import { TopUsers as TopUsers_523874cdf9fc6d3d4867e1ccb5b61ffe } from '../../../../src/admin/dashboard/TopUsers'
import { Ledger as Ledger_f8a38ba2d0dc2a0a404f7b9385eaad88 } from '../../../../src/admin/dashboard/Ledger'
import { CollectionCards as CollectionCards_f9c02e79a4aed9a3924487c0cd4cafb1 } from '@payloadcms/next/rsc'

/** @type import('payload').ImportMap */
export const importMap = {
  "/src/admin/CurrentPassword#CurrentPassword": CurrentPassword_6800b2c48e2573a4d6efbf05cd630c93,
  "/src/admin/TimeCell#TimeCell": TimeCell_23f589bc9402b3a2edc5cc628e15d0ae,
  "/src/admin/TimeField#TimeField": TimeField_0bae24a72330f744a50b6ee7fc9fa6d6,
  "/src/admin/UserLinks#UserLinks": UserLinks_78aacc0d728e7293e6466fed283bd4c9,
  "/src/admin/user/UserOverview#UserOverview": UserOverview_df5c4205772212b44002ccc3f1c7412d,
  "/src/admin/list/HubList#HubList": HubList_0c7bf22537722091a3061c7e61c726f7,
  "/src/admin/SaveApiKey#SaveApiKey": SaveApiKey_c99d3ce72082fedadd347a386d7613ba,
  "/src/admin/JsonField#JsonField": JsonField_defd8db80966f10159aa190a170acbe8,
  "/src/admin/KeyField#KeyField": KeyField_e95cd66ae169996fd0a13e9a1f272b06,
  "/src/admin/tools/ToolTry#ToolTry": ToolTry_610e8614b3de550cc0f007ac227fc832,
  "/src/admin/tools/ToolWays#ToolWays": ToolWays_1ffd88aa1009e38f55ff6571eaf13ff9,
  "/src/admin/tools/ToolHealth#ToolHealth": ToolHealth_57ea2c7f77a4df2c0e94cfafa4b1354c,
  "/src/admin/tools/McpImport#McpImport": McpImport_ba42b50adcd7eceac7f4fb0c5f10916c,
  "/src/admin/plans/WhatIf#WhatIf": WhatIf_4992cda876f9ef6eb95f21834320a33b,
  "/src/admin/plans/ClosedPlans#ClosedPlans": ClosedPlans_8d94789197fc3ffc85398a82ad64fb75,
  "/src/admin/tools/PlanWays#PlanWays": PlanWays_f6fff3473e9e7abc667c1d650baa2609,
  "/src/admin/usage/Provenance#Provenance": Provenance_330df021d479c6c9343bc00a2b133617,
  "/src/admin/UserCell#UserCell": UserCell_14aa6e9ad7583a0fbbda3412d53e407e,
  "/src/admin/usage/UsagePresets#UsagePresets": UsagePresets_b2a92b57f1c63405050bd8e00cf6e456,
  "/src/admin/ExportCsv#ExportCsv": ExportCsv_b9a1baf88b61eba0ddd824c5380eefa0,
  "/src/admin/Figures#Figures": Figures_2031334fa26ad77c1296d17952403ae5,
  "/src/admin/Deliveries#Deliveries": Deliveries_efe858a8875e9ced7d6a4cd50c42003e,
  "/src/admin/ActorCell#ActorCell": ActorCell_447322834675df21bcbd9d77eef64d83,
  "/src/admin/Changes#ChangesCell": ChangesCell_6ba64135d9cd4f92d61ac372ed098605,
  "/src/admin/Changes#Changes": Changes_6ba64135d9cd4f92d61ac372ed098605,
  "/src/admin/SecretField#SecretField": SecretField_72d6c4d80043148ae81b35aa693d8094,
  "/src/admin/HubLogo#HubIcon": HubIcon_8fcfb42c8f878d7e1a243114a475ab87,
  "/src/admin/HubLogo#HubLogo": HubLogo_8fcfb42c8f878d7e1a243114a475ab87,
  "/src/admin/views/ActiveUsers#ActiveUsers": ActiveUsers_059e769a08ac79b4cd83a793332288f3,
  "/src/admin/views/PlanFill#PlanFillView": PlanFillView_5a16403328f2d0e95e75e4541e0d3843,
  "/src/admin/views/LedgerChecks#LedgerChecks": LedgerChecks_09bf96234dca0b7b9abcc9f6048a6dc2,
  "/src/admin/dashboard/RangePicker#RangePicker": RangePicker_19180525bcbf0b6e68cbbbe24ac0e414,
  "/src/admin/dashboard/Figures#Figures": Figures_7ceb8c0d647598a0515d1770456b3f3d,
  "/src/admin/dashboard/UsageCharts#TokensChart": TokensChart_122d92f5bce2ce73195bf7b2512e865b,
  "/src/admin/dashboard/UsageCharts#CallsChart": CallsChart_122d92f5bce2ce73195bf7b2512e865b,
  "/src/admin/dashboard/Plans#Plans": Plans_d5d6d3b8a6102dbcf94083d3ec0ee9e2,
  "/src/admin/dashboard/FailingTools#FailingTools": FailingTools_717988eb569656b855ea4795439091cc,
  "/src/admin/dashboard/TopTools#TopTools": TopTools_ef66e2732ac3d1d82c8686ca589a4b4e,
  "/src/admin/dashboard/TopUsers#TopUsers": TopUsers_523874cdf9fc6d3d4867e1ccb5b61ffe,
  "/src/admin/dashboard/Ledger#Ledger": Ledger_f8a38ba2d0dc2a0a404f7b9385eaad88,
  "@payloadcms/next/rsc#CollectionCards": CollectionCards_f9c02e79a4aed9a3924487c0cd4cafb1
}
