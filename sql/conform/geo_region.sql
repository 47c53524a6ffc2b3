-- One row per region that figures are given for: the county's municipalities, its declared regions,
-- the county, the country, counties of earlier times that held part of its area, and to compare with
-- the other counties of the target day and all municipalities of a centrality class together.
with own as (
    select spell.code, spell.name, spell.starts, spell.ends
    from spell
    inner join target
        on spell.code[:2] = target.county_code
        and spell.starts <= target.target_date and target.target_date < spell.ends
),

declared as (
    select
        county_region.region_set,
        county_region.region_id,
        county_region.name_nb,
        county_region.name_en,
        county_region.disjoint,
        coalesce(county_region.valid_from, date '-infinity') as starts,
        coalesce(county_region.valid_to, date 'infinity') as ends,
        county_region.source,
        county_region.confidence
    from county_region
    inner join target
        on coalesce(county_region.valid_from, date '-infinity') <= target.target_date
        and target.target_date < coalesce(county_region.valid_to, date 'infinity')
),

county_spell as (
    select code[:2] as code, min(starts) as starts, max(ends) as ends
    from spell
    group by code[:2]
),

-- A county that still stands beside this one (15 for Rindal and Halsa) is not of earlier times.
historical as (
    select county_spell.code, county_spell.starts, county_spell.ends
    from county_spell
    inner join target on county_spell.ends <= target.target_date
    where exists (
        from municipality_crosswalk
        where municipality_crosswalk.code[:2] = county_spell.code
            and municipality_crosswalk.target_code[:2] = target.county_code
    )
),

other as (
    select county_spell.code, county_spell.starts, county_spell.ends
    from county_spell
    inner join target on county_spell.code <> target.county_code
    where exists (
        from spell
        where spell.is_area
            and spell.code[:2] = county_spell.code
            and spell.starts <= target.target_date and target.target_date < spell.ends
    )
),

region as (
    select 'municipality' as region_set, code as region_id, 'municipality' as region_level,
        name as name_nb, name as name_en, true as disjoint, starts, ends,
        'SSB KLASS 131' as source, 'high' as confidence
    from own
    union all by name
    select region_set, region_id, 'region' as region_level,
        name_nb, name_en, disjoint, starts, ends, source, confidence
    from declared
    union all by name
    select 'county' as region_set, county.code as region_id, 'county' as region_level,
        county.name_nb, county.name_en, true as disjoint, county_spell.starts, county_spell.ends,
        'SSB KLASS 131' as source, 'high' as confidence
    from county
    inner join county_spell on county.code = county_spell.code
    union all by name
    select 'county_historical' as region_set, historical.code as region_id,
        'county_historical' as region_level,
        coalesce(county_names.name_nb, 'Fylke ' || historical.code) as name_nb,
        coalesce(county_names.name_en, 'County ' || historical.code) as name_en,
        false as disjoint, historical.starts, historical.ends,
        'SSB KLASS 131 and 104' as source, 'high' as confidence
    from historical
    left join county_names on historical.code = county_names.code
    union all by name
    select 'other_counties' as region_set, other.code as region_id,
        'other_county' as region_level,
        coalesce(county_names.name_nb, 'Fylke ' || other.code) as name_nb,
        coalesce(county_names.name_en, 'County ' || other.code) as name_en,
        true as disjoint, other.starts, other.ends,
        'SSB KLASS 131 and 104' as source, 'high' as confidence
    from other
    left join county_names on other.code = county_names.code
    union all by name
    -- Prefixed, since a class may have the code of a county of earlier times (01 to 06).
    select 'centrality' as region_set, 'centrality_' || class_code as region_id,
        'centrality_class' as region_level,
        coalesce(min(class_name), 'Sentralitetsklasse ' || class_code) as name_nb,
        'Centrality class ' || class_code || coalesce(': ' || min(class_name), '')
            as name_en,
        true as disjoint, date '-infinity' as starts, date 'infinity' as ends,
        'SSB KLASS 128' as source, 'medium' as confidence
    from centrality_class
    group by class_code
    union all by name
    select 'country' as region_set, '0' as region_id, 'country' as region_level,
        'Norge' as name_nb, 'Norway' as name_en, true as disjoint,
        date '-infinity' as starts, date 'infinity' as ends,
        'SSB KLASS 131' as source, 'high' as confidence
)

select
    region_set,
    region_id,
    region_level,
    name_nb,
    name_en,
    disjoint,
    nullif(starts, date '-infinity') as valid_from,
    nullif(ends, date 'infinity') as valid_to,
    source,
    confidence
from region
order by region_set, region_id
