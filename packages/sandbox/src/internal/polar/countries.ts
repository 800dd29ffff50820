import { countries } from "../countries.js"

/** The countries that Polar takes (244). */
export const inputCountries: ReadonlyArray<string> = countries.filter(
  (country) => !["CU", "IR", "KP", "SY", "RU"].includes(country)
)

/** ISO 3166-2 subdivisions of the two countries whose states are checked. */
export const subdivisions: Readonly<Record<string, ReadonlyArray<string>>> = {
  US:
    ("AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR " +
      "PA RI SC SD TN TX UT VT VA WA WV WI WY DC").split(" "),
  CA: "AB BC MB NB NL NS NT NU ON PE QC SK YT".split(" ")
}

const euMembers = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split(" ")

/** The usual format of each country that has one: a simplification, Polar tries several. */
const formatOfCountry: Readonly<Record<string, string>> = {
  ...Object.fromEntries(euMembers.map((country) => [country, "eu_vat"])),
  ...Object.fromEntries(
    ("ad_nrt ae_trn ar_cuit au_abn bh_vat bo_tin br_cnpj ca_bn ch_uid cl_tin cn_tin co_nit cr_tin do_rcn ec_ruc eg_tin " +
      "gb_vat ge_vat hk_br id_npwp il_vat in_gst is_vat jp_cn ke_pin kr_brn kz_bin li_uid mk_vat mu_tan mx_rfc my_itn " +
      "ng_tin no_vat nz_gst om_vat pe_ruc ph_tin rs_pib sa_vat sg_uen sv_nit th_vat tr_tin tw_vat ua_vat us_ein uy_ruc " +
      "ve_rif vn_tin za_vat").split(" ").map((format) => [format.slice(0, 2).toUpperCase(), format])
  )
}

/** `[value, format]` as it is stored, or nothing when the number cannot be one of that country's. */
export const storedTaxId = (value: string, country: string): readonly [string, string] | undefined => {
  const format = formatOfCountry[country]
  const compact = value.replace(/[^0-9A-Za-z]/g, "").toUpperCase()
  return format === undefined || compact.length < 5 ? undefined : [compact, format]
}
