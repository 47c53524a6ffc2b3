-- One row per region x municipality of the target day that lies in it.
-- One list serves all years: what a region held earlier is documentation, not geography.
with municipality as (
    select spell.code
    from spell
    inner join target
        on spell.is_area
        and spell.starts <= target.target_date and target.target_date < spell.ends
),

own as (
    select municipality.code, target.county_code
    from municipality
    inner join target on municipality.code[:2] = target.county_code
),

declared as (
    select
        county_member.region_set,
        county_member.region_id,
        county_member.municipality_code,
        county_member.source
    from county_member
    inner join target
        on coalesce(county_member.valid_from, date '-infinity') <= target.target_date
        and target.target_date < coalesce(county_member.valid_to, date 'infinity')
)

select region_set, region_id, municipality_code, source
from (
    select region_set, region_id, municipality_code, source from declared
    union all
    select 'municipality', code, code, 'SSB KLASS 131' from own
    union all
    select 'county', county_code, code, 'SSB KLASS 131' from own
    union all
    select 'other_counties', municipality.code[:2], municipality.code, 'SSB KLASS 131'
    from municipality
    inner join target on municipality.code[:2] <> target.county_code
    union all
    select 'centrality', 'centrality_' || class_code, municipality_code, 'SSB KLASS 128'
    from centrality_class
    union all
    select 'country', '0', code, 'SSB KLASS 131' from municipality
)
order by region_set, region_id, municipality_code
