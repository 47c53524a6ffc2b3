-- One row per municipality of the target day x centrality class that it has, with the class's name;
-- nulls where it has none.
--
-- Inputs: correspondence (KLASS 128 with 131, in either direction), spell, target,
--         municipality_crosswalk.
-- What the table says of a code of the target day goes first. A municipality that is newer than the
-- table has the class of those that it was made of. Two classes are two rows: nobody chooses here.
with known as (
    select distinct code from spell
),

-- The end of a row that is a municipality tells the direction; a row with none says nothing here.
listed as (
    select
        case when source.code is null then target_code else source_code end as code,
        case when source.code is null then source_code else target_code end as class_code,
        case when source.code is null then source_name else target_name end as class_name,
        coalesce(valid_from, date '-infinity') as starts,
        coalesce(valid_to, date 'infinity') as ends
    from correspondence
    left join known as source on correspondence.source_code = source.code
    left join known as aimed on correspondence.target_code = aimed.code
    where (source.code is null) <> (aimed.code is null)
),

municipality as (
    select spell.code
    from spell
    inner join target
        on spell.is_area
        and spell.starts <= target.target_date and target.target_date < spell.ends
),

direct as (
    select listed.code, listed.class_code, listed.class_name
    from listed
    inner join municipality on listed.code = municipality.code
    inner join target
        on listed.starts <= target.target_date and target.target_date < listed.ends
),

inherited as (
    select municipality_crosswalk.target_code as code, listed.class_code, listed.class_name
    from listed
    inner join municipality_crosswalk
        on listed.code = municipality_crosswalk.code
        and listed.starts < coalesce(municipality_crosswalk.valid_to, date 'infinity')
        and coalesce(municipality_crosswalk.valid_from, date '-infinity') < listed.ends
    where listed.code not in (select code from municipality)
        and municipality_crosswalk.target_code not in (select code from direct)
),

placed as (
    from direct
    union all by name
    from inherited
)

select
    municipality.code as municipality_code,
    placed.class_code,
    min(placed.class_name) as class_name
from municipality
left join placed on municipality.code = placed.code
group by municipality.code, placed.class_code
order by municipality.code, placed.class_code
