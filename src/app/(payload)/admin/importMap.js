import { CurrentPassword as CurrentPassword_da087ae01dc7a294a3d51e77e37fad79 } from '../../../../src/panel/fields/CurrentPassword'
import { TimeCell as TimeCell_175a3fb44ea9b186a2fabe3d02a394ab } from '../../../../src/panel/fields/TimeCell'
import { TimeField as TimeField_859ab52fa8d279ecc451d311adab2910 } from '../../../../src/panel/fields/TimeField'
import { UserLinks as UserLinks_8ec281196ae38e635d1d67ee97277c5c } from '../../../../src/panel/fields/UserLinks'
import { UserOverview as UserOverview_73391caef693df05364c1e90e0e1bc0d } from '../../../../src/panel/user/UserOverview'
import { HubList as HubList_8524ae53734fad15aca93eb0f069e4ed } from '../../../../src/panel/list/HubList'
import { SaveApiKey as SaveApiKey_c26bdeb037b189e581bae822f9d4ce9d } from '../../../../src/panel/fields/SaveApiKey'
import { JsonField as JsonField_6ff0cb299bc9713f7c783c34a8223aac } from '../../../../src/panel/fields/JsonField'
import { SecretField as SecretField_c5b9bc85993e41fffa4e62eda7da8b18 } from '../../../../src/panel/fields/SecretField'
import { ToolTry as ToolTry_abfbe91df86373b66fde9480e4bf877a } from '../../../../src/panel/tools/ToolTry'
import { ToolWays as ToolWays_51545a35044adf24fffe9266e202925a } from '../../../../src/panel/tools/ToolWays'
import { ToolHealth as ToolHealth_e8b13fa99346d2d2828f095a1412c717 } from '../../../../src/panel/tools/ToolHealth'
import { McpImport as McpImport_91309b2d7f451df1ef4775e805a60b95 } from '../../../../src/panel/tools/McpImport'
import { WhatIf as WhatIf_d6c3e5fda7703398ba4314ae9978ffdb } from '../../../../src/panel/plans/WhatIf'
import { ClosedPlans as ClosedPlans_8eddab8fee56c45052e38e428179088a } from '../../../../src/panel/plans/ClosedPlans'
import { PlanWays as PlanWays_f81523a4a244f94ee1d6f6866a6700df } from '../../../../src/panel/tools/PlanWays'
import { Provenance as Provenance_38106c299efb28a8f2920268c4c4121f } from '../../../../src/panel/usage/Provenance'
import { UserCell as UserCell_0b9f93b7ff049a1705918c036ed95039 } from '../../../../src/panel/fields/UserCell'
import { UsagePresets as UsagePresets_b152d0710177bcb3da89f7fc22d96d70 } from '../../../../src/panel/usage/UsagePresets'
import { ExportCsv as ExportCsv_56350685393860e28554f0c284c51756 } from '../../../../src/panel/shell/ExportCsv'
import { Figures as Figures_1ec5d5269db173358c452cd9d2153e5c } from '../../../../src/panel/fields/Figures'
import { Deliveries as Deliveries_d7ff47b6d9cb085fc57161243e6cd227 } from '../../../../src/panel/fields/Deliveries'
import { ActorCell as ActorCell_264ca70e828c87a09aa8ab62a9900434 } from '../../../../src/panel/fields/ActorCell'
import { ChangesCell as ChangesCell_4dc737c34e5ca8ceff50d365422dbb9c } from '../../../../src/panel/fields/Changes'
import { Changes as Changes_4dc737c34e5ca8ceff50d365422dbb9c } from '../../../../src/panel/fields/Changes'
import { HubIcon as HubIcon_552f4bd178d2d5721ab2ae95f3073754 } from '../../../../src/panel/shell/HubLogo'
import { HubLogo as HubLogo_552f4bd178d2d5721ab2ae95f3073754 } from '../../../../src/panel/shell/HubLogo'
import { ActiveUsers as ActiveUsers_966d05687763d2bf739731308a8be1b1 } from '../../../../src/panel/views/ActiveUsers'
import { PlanFillView as PlanFillView_e4c65b5713ac8989ef1392e564336aba } from '../../../../src/panel/views/PlanFill'
import { LedgerChecks as LedgerChecks_b0468a5cd62b091bdb04a2bfac4cadda } from '../../../../src/panel/views/LedgerChecks'
import { RangePicker as RangePicker_85a48b688f51e58dfe9e7b623e383fd1 } from '../../../../src/panel/dashboard/RangePicker'
import { Figures as Figures_6b5cbf71caa9e902e184055ed92bd998 } from '../../../../src/panel/dashboard/Figures'
import { TokensChart as TokensChart_3e3cdc361950f052471cddd2b8550726 } from '../../../../src/panel/dashboard/UsageCharts'
import { CallsChart as CallsChart_3e3cdc361950f052471cddd2b8550726 } from '../../../../src/panel/dashboard/UsageCharts'
import { Plans as Plans_3daf64658abca9de255ba34c1c9d2166 } from '../../../../src/panel/dashboard/Plans'
import { FailingTools as FailingTools_0a852776481a761246d3cfda2ff067a8 } from '../../../../src/panel/dashboard/FailingTools'
import { TopTools as TopTools_1b6da0e0033ff0033b44408f5a485279 } from '../../../../src/panel/dashboard/TopTools'
import { TopUsers as TopUsers_c73b0ff37934eaf5c3d75a3f981144a2 } from '../../../../src/panel/dashboard/TopUsers'
import { Ledger as Ledger_2d9cc36a8bab545a427b923c92b49ea3 } from '../../../../src/panel/dashboard/Ledger'
import { CollectionCards as CollectionCards_f9c02e79a4aed9a3924487c0cd4cafb1 } from '@payloadcms/next/rsc'

/** @type import('payload').ImportMap */
export const importMap = {
  "/src/panel/fields/CurrentPassword#CurrentPassword": CurrentPassword_da087ae01dc7a294a3d51e77e37fad79,
  "/src/panel/fields/TimeCell#TimeCell": TimeCell_175a3fb44ea9b186a2fabe3d02a394ab,
  "/src/panel/fields/TimeField#TimeField": TimeField_859ab52fa8d279ecc451d311adab2910,
  "/src/panel/fields/UserLinks#UserLinks": UserLinks_8ec281196ae38e635d1d67ee97277c5c,
  "/src/panel/user/UserOverview#UserOverview": UserOverview_73391caef693df05364c1e90e0e1bc0d,
  "/src/panel/list/HubList#HubList": HubList_8524ae53734fad15aca93eb0f069e4ed,
  "/src/panel/fields/SaveApiKey#SaveApiKey": SaveApiKey_c26bdeb037b189e581bae822f9d4ce9d,
  "/src/panel/fields/JsonField#JsonField": JsonField_6ff0cb299bc9713f7c783c34a8223aac,
  "/src/panel/fields/SecretField#SecretField": SecretField_c5b9bc85993e41fffa4e62eda7da8b18,
  "/src/panel/tools/ToolTry#ToolTry": ToolTry_abfbe91df86373b66fde9480e4bf877a,
  "/src/panel/tools/ToolWays#ToolWays": ToolWays_51545a35044adf24fffe9266e202925a,
  "/src/panel/tools/ToolHealth#ToolHealth": ToolHealth_e8b13fa99346d2d2828f095a1412c717,
  "/src/panel/tools/McpImport#McpImport": McpImport_91309b2d7f451df1ef4775e805a60b95,
  "/src/panel/plans/WhatIf#WhatIf": WhatIf_d6c3e5fda7703398ba4314ae9978ffdb,
  "/src/panel/plans/ClosedPlans#ClosedPlans": ClosedPlans_8eddab8fee56c45052e38e428179088a,
  "/src/panel/tools/PlanWays#PlanWays": PlanWays_f81523a4a244f94ee1d6f6866a6700df,
  "/src/panel/usage/Provenance#Provenance": Provenance_38106c299efb28a8f2920268c4c4121f,
  "/src/panel/fields/UserCell#UserCell": UserCell_0b9f93b7ff049a1705918c036ed95039,
  "/src/panel/usage/UsagePresets#UsagePresets": UsagePresets_b152d0710177bcb3da89f7fc22d96d70,
  "/src/panel/shell/ExportCsv#ExportCsv": ExportCsv_56350685393860e28554f0c284c51756,
  "/src/panel/fields/Figures#Figures": Figures_1ec5d5269db173358c452cd9d2153e5c,
  "/src/panel/fields/Deliveries#Deliveries": Deliveries_d7ff47b6d9cb085fc57161243e6cd227,
  "/src/panel/fields/ActorCell#ActorCell": ActorCell_264ca70e828c87a09aa8ab62a9900434,
  "/src/panel/fields/Changes#ChangesCell": ChangesCell_4dc737c34e5ca8ceff50d365422dbb9c,
  "/src/panel/fields/Changes#Changes": Changes_4dc737c34e5ca8ceff50d365422dbb9c,
  "/src/panel/shell/HubLogo#HubIcon": HubIcon_552f4bd178d2d5721ab2ae95f3073754,
  "/src/panel/shell/HubLogo#HubLogo": HubLogo_552f4bd178d2d5721ab2ae95f3073754,
  "/src/panel/views/ActiveUsers#ActiveUsers": ActiveUsers_966d05687763d2bf739731308a8be1b1,
  "/src/panel/views/PlanFill#PlanFillView": PlanFillView_e4c65b5713ac8989ef1392e564336aba,
  "/src/panel/views/LedgerChecks#LedgerChecks": LedgerChecks_b0468a5cd62b091bdb04a2bfac4cadda,
  "/src/panel/dashboard/RangePicker#RangePicker": RangePicker_85a48b688f51e58dfe9e7b623e383fd1,
  "/src/panel/dashboard/Figures#Figures": Figures_6b5cbf71caa9e902e184055ed92bd998,
  "/src/panel/dashboard/UsageCharts#TokensChart": TokensChart_3e3cdc361950f052471cddd2b8550726,
  "/src/panel/dashboard/UsageCharts#CallsChart": CallsChart_3e3cdc361950f052471cddd2b8550726,
  "/src/panel/dashboard/Plans#Plans": Plans_3daf64658abca9de255ba34c1c9d2166,
  "/src/panel/dashboard/FailingTools#FailingTools": FailingTools_0a852776481a761246d3cfda2ff067a8,
  "/src/panel/dashboard/TopTools#TopTools": TopTools_1b6da0e0033ff0033b44408f5a485279,
  "/src/panel/dashboard/TopUsers#TopUsers": TopUsers_c73b0ff37934eaf5c3d75a3f981144a2,
  "/src/panel/dashboard/Ledger#Ledger": Ledger_2d9cc36a8bab545a427b923c92b49ea3,
  "@payloadcms/next/rsc#CollectionCards": CollectionCards_f9c02e79a4aed9a3924487c0cd4cafb1
}
