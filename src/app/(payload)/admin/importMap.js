import { CurrentPassword as CurrentPassword_6800b2c48e2573a4d6efbf05cd630c93 } from '../../../../src/admin/CurrentPassword'
import { SaveApiKey as SaveApiKey_c99d3ce72082fedadd347a386d7613ba } from '../../../../src/admin/SaveApiKey'
import { JsonField as JsonField_defd8db80966f10159aa190a170acbe8 } from '../../../../src/admin/JsonField'
import { Figures as Figures_2031334fa26ad77c1296d17952403ae5 } from '../../../../src/admin/Figures'
import { Deliveries as Deliveries_efe858a8875e9ced7d6a4cd50c42003e } from '../../../../src/admin/Deliveries'
import { ChangesCell as ChangesCell_6ba64135d9cd4f92d61ac372ed098605 } from '../../../../src/admin/Changes'
import { Changes as Changes_6ba64135d9cd4f92d61ac372ed098605 } from '../../../../src/admin/Changes'
import { ExportCsv as ExportCsv_b9a1baf88b61eba0ddd824c5380eefa0 } from '../../../../src/admin/ExportCsv'
import { SecretField as SecretField_72d6c4d80043148ae81b35aa693d8094 } from '../../../../src/admin/SecretField'
import { HubIcon as HubIcon_8fcfb42c8f878d7e1a243114a475ab87 } from '../../../../src/admin/HubLogo'
import { HubLogo as HubLogo_8fcfb42c8f878d7e1a243114a475ab87 } from '../../../../src/admin/HubLogo'
import { Dashboard as Dashboard_0e40dcc78d39e577ce0ac8f99e5b93ee } from '../../../../src/admin/Dashboard'
import { CollectionCards as CollectionCards_f9c02e79a4aed9a3924487c0cd4cafb1 } from '@payloadcms/next/rsc'

/** @type import('payload').ImportMap */
export const importMap = {
  "/src/admin/CurrentPassword#CurrentPassword": CurrentPassword_6800b2c48e2573a4d6efbf05cd630c93,
  "/src/admin/SaveApiKey#SaveApiKey": SaveApiKey_c99d3ce72082fedadd347a386d7613ba,
  "/src/admin/JsonField#JsonField": JsonField_defd8db80966f10159aa190a170acbe8,
  "/src/admin/Figures#Figures": Figures_2031334fa26ad77c1296d17952403ae5,
  "/src/admin/Deliveries#Deliveries": Deliveries_efe858a8875e9ced7d6a4cd50c42003e,
  "/src/admin/Changes#ChangesCell": ChangesCell_6ba64135d9cd4f92d61ac372ed098605,
  "/src/admin/Changes#Changes": Changes_6ba64135d9cd4f92d61ac372ed098605,
  "/src/admin/ExportCsv#ExportCsv": ExportCsv_b9a1baf88b61eba0ddd824c5380eefa0,
  "/src/admin/SecretField#SecretField": SecretField_72d6c4d80043148ae81b35aa693d8094,
  "/src/admin/HubLogo#HubIcon": HubIcon_8fcfb42c8f878d7e1a243114a475ab87,
  "/src/admin/HubLogo#HubLogo": HubLogo_8fcfb42c8f878d7e1a243114a475ab87,
  "/src/admin/Dashboard#Dashboard": Dashboard_0e40dcc78d39e577ce0ac8f99e5b93ee,
  "@payloadcms/next/rsc#CollectionCards": CollectionCards_f9c02e79a4aed9a3924487c0cd4cafb1
}
