-- One row per region x field of education x year: the rows of the decision table of fagskole.
-- Fields are those of Nav's question and of the seed; years those that some source has a figure for.
with years as (
    select distinct cast(left(period, 4) as integer) as start_year
    from dimensioning_measure
    where offer = 'fagskole' and value is not null
),
fields as (
    select education_field as programme from fagskole_field
    union
    select programme from dimensioning_measure where offer = 'fagskole'
    union
    select '_T'
)
select
    'fagskole' as offer,
    region.region_set, region.region_id, region.region_level,
    region_county.county_id,
    fields.programme, 'all' as programme_type,
    years.start_year,
    cast(years.start_year as varchar) as school_year
from region
cross join fields
cross join years
left join region_county
  on region_county.region_set = region.region_set and region_county.region_id = region.region_id
where region.region_level in ('region', 'county', 'country')
