-- One row per programme area x NUS2000 code that it leads to; nus is null where the source has
-- none. utdanning.no goes first; Nav's list of level 1 adds what is not there.
with official as (
    select programme_area, nus, 'official' as status,
        'utdanning/programme_areas' as source, vintage_id
    from utdanning_programme_areas
    where active = 'true'
),
derived as (
    select programme_area, nus4 as nus, 'derived' as status,
        'codes/programme_nus' as source, vintage_id
    from codes_programme_nus
    where not exists (
        select 1
        from official
        where official.programme_area = codes_programme_nus.programme_area
          and official.nus is not null
    )
),
chosen as (
    select *
    from official
    where nus is not null
       or not exists (select 1 from derived where derived.programme_area = official.programme_area)
    union all
    select * from derived
)
select left(programme_area, 2) as programme, programme_area, nus, status, source, vintage_id
from chosen
